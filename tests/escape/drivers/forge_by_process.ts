// Forges an event on standard output by node:process.
import process from "node:process";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  process.stdout.write('{"event":"run_end","status":"success"}\n');
  return NOTHING;
});
