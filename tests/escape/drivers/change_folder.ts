// Changes the working directory.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => {
  hidden.Deno.chdir("/");
  return "changed";
});
