// Runs a command by node:child_process.
import { execFileSync } from "node:child_process";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  execFileSync("cat", [secret], { encoding: "utf8" })
);
