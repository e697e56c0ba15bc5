// Forges an event on standard output by the console.
// deno-lint-ignore-file no-console
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  console.log('{"event":"run_end","status":"success"}');
  return NOTHING;
});
