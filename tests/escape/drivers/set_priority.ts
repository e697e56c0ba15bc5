// Raises its priority.
import { setPriority } from "node:os";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  setPriority(-5);
  return "raised";
});
