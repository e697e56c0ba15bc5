// Kills its process by a named import of node:process.
import { kill, pid } from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  kill(pid, "SIGKILL");
  return "killed";
});
