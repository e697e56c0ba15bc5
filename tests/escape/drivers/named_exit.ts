// Ends the process by a named import of node:process.
import { exit } from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => exit(0));
