// Logs a text that clears the terminal.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.log("warn", "\u001b[2J\u001b[1;1H\u009b31m\u202Eall is well\r");
  return NOTHING;
});
