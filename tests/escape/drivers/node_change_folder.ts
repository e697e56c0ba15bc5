// Changes the working directory by node:process.
import process from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  process.chdir("/");
  return "changed";
});
