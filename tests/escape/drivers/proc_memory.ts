// Opens the memory of its process.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => Deno.open("/proc/self/mem").then(() => "memory"));
