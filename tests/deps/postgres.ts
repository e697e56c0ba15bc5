// The PostgreSQL client of the tests.
export { default as postgres } from "npm:postgres@3.4.9";
