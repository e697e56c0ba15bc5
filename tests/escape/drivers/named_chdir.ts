// Changes the working directory by a named import of node:process.
import { chdir } from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  chdir("/");
  return "changed";
});
