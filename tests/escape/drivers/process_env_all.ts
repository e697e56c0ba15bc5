// Lists all variables by node:process.
import process from "node:process";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() =>
  JSON.stringify({ ...process.env }) === "{}" ? NOTHING : "variables"
);
