// Reads the users of the machine.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => Deno.readTextFile("/etc/passwd"));
