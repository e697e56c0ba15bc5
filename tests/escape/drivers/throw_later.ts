// Throws where nobody catches.
import { attempt } from "./kit/attempt.ts";

export default attempt(async () => {
  setTimeout(() => {
    throw new Error("was here");
  }, 0);
  await new Promise((go) => setTimeout(go, 200));
  return "went on";
});
