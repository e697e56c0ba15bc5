// Reads a file by Deno.readTextFileSync.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => Deno.readTextFileSync(secret));
