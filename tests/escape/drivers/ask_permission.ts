// Asks the user for a permission.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(async () => {
  const { state } = await Deno.permissions.request({ name: "read" });
  return state === "granted" ? "granted" : NOTHING;
});
