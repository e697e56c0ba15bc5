// Has the process print a warning.
import process from "node:process";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(async () => {
  process.emitWarning("was here");
  await new Promise((go) => setTimeout(go, 50));
  return NOTHING;
});
