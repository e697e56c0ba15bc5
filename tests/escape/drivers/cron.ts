// Has itself called again later.
import { attempt, hidden, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  hidden.Deno.cron("again", "* * * * *", () => {});
  return NOTHING;
});
