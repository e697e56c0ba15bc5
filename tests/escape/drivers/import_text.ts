// Imports a file as text.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => {
  const loaded = await import(`file://${secret}`, { with: { type: "text" } });
  return loaded.default;
});
