// Keeps a state of 50 MB.
import { attempt } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.saveState("x".repeat(50 << 20));
  return "kept";
});
