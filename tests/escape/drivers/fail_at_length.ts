// Fails with a text of 100 MB.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  throw new Error("x".repeat(100 << 20));
});
