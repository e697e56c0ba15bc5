// Reads a file by node:fs/promises.
import { readFile } from "node:fs/promises";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => readFile(secret, "utf8"));
