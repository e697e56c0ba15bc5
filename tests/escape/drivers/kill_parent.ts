// Kills the process above its own.
import process from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  process.kill(process.ppid, "SIGKILL");
  return "killed";
});
