// Keeps data for later runs in a key-value store.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(async () => {
  await hidden.Deno.openKv();
  return "opened";
});
