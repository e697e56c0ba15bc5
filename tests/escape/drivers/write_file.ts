// Writes a file.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ proof }) => Deno.writeTextFile(proof, "was here"));
