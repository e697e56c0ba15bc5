// Pollutes the prototype of objects in its thread.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  Object.assign(Object.prototype, { polluted: "was here" });
  return NOTHING;
});
