// Reads a variable by node:process.
import process from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ variable }) => process.env[variable]);
