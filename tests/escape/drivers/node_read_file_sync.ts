// Reads a file by node:fs.
import { readFileSync } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => readFileSync(secret, "utf8"));
