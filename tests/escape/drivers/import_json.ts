// Imports a file as JSON.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => {
  const loaded = await import(`file://${secret}`, { with: { type: "json" } });
  return JSON.stringify(loaded.default);
});
