// Kills its own process by node:process.
import process from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  process.kill(process.pid, "SIGKILL");
  return "killed";
});
