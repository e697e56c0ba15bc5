// Appends to a file by node:fs.
import { appendFileSync } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ proof }) => appendFileSync(proof, "was here"));
