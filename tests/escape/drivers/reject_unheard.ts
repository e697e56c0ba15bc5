// Leaves a rejected promise behind.
import { attempt } from "./kit/attempt.ts";

export default attempt(async () => {
  Promise.reject(new Error("was here"));
  await new Promise((go) => setTimeout(go, 200));
  return "went on";
});
