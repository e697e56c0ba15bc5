// Renames the process.
import process from "node:process";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  process.title = "was here";
  return NOTHING;
});
