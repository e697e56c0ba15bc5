// Keeps data in a key-value store elsewhere.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ port, host }) =>
  hidden.Deno.openKv(`http://${host}:${port}/`)
);
