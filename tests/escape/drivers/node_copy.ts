// Copies a file by node:fs.
import { cpSync } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret, proof }) => cpSync(secret, proof));
