// A second opinion on what a CSV text says, to which the stand-in for @std/csv is held.
export { parse as csvParse } from "npm:csv-parse@7.0.3/sync";
