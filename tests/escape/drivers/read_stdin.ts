// Reads standard input.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.Deno.stdin.readSync(new Uint8Array(1)));
