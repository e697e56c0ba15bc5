// Ends the process.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.Deno.exit(0));
