// Never lets our code say that it has ended.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  // deno-lint-ignore no-explicit-any
  (Promise.prototype as any).then = function () {
    return new Promise(() => {});
  };
  return NOTHING;
});
