// Reads the variables of its process from /proc.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => Deno.readTextFile("/proc/self/environ"));
