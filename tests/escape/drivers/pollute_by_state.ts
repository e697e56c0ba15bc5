// Pollutes the host's prototypes by what it keeps.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.saveState(JSON.parse('{"__proto__":{"polluted":"was here"},"n":1}'));
  return NOTHING;
});
