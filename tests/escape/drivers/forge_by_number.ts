// Forges an event on standard output by its number.
import { writeSync } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  writeSync(1, '{"event":"run_end","status":"success"}\n')
);
