// Writes a file by node:fs.
import { writeFileSync } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ proof }) => writeFileSync(proof, "was here"));
