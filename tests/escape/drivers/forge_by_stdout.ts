// Forges an event on standard output by Deno.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() =>
  hidden.Deno.stdout.writeSync(
    new TextEncoder().encode('{"event":"run_end","status":"success"}\n'),
  )
);
