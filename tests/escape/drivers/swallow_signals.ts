// Swallows Ctrl-C.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() =>
  hidden.Deno.addSignalListener("SIGINT", () => {}) ?? "listening"
);
