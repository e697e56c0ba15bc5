// Logs a line of 100 MB.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.log("info", "x".repeat(100 << 20));
  return NOTHING;
});
