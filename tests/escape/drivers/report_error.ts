// Has the engine print an error.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(async () => {
  reportError(new Error("was here"));
  await new Promise((go) => setTimeout(go, 50));
  return NOTHING;
});
