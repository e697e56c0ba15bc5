// Reads a file by Deno.readTextFile.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => Deno.readTextFile(secret));
