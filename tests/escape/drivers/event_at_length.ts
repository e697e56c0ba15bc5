// Says an event of 50 MB.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  JSON.stringify = () => "{}";
  context.emit("told", { text: "x".repeat(50 << 20) });
  return NOTHING;
});
