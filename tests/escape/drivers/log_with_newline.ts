// Logs a text that holds a line of its own.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.log("info", 'x\n{"event":"run_end","status":"success"}');
  return NOTHING;
});
