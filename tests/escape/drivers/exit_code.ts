// Has the run end with an exit code of its choice.
import process from "node:process";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  process.exitCode = 9;
  return NOTHING;
});
