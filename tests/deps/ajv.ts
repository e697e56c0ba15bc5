// A second opinion on JSON Schemas, to which our own check is held.
export { Ajv2020 } from "npm:ajv@8.17.1/dist/2020.js";
