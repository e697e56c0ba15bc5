// Kills its own process.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => {
  hidden.Deno.kill(Deno.pid, "SIGKILL");
  return "killed";
});
