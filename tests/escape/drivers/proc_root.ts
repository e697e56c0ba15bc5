// Reads a file by way of /proc/self/root.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  Deno.readTextFile(`/proc/self/root${secret}`)
);
