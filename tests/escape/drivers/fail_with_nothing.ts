// Throws nothing at all.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  throw undefined;
});
