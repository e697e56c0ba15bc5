// Asks for the name of the machine.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.Deno.hostname());
