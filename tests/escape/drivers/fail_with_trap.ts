// Throws what can't be looked at.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  throw new Proxy({}, {
    get() {
      throw new Error("was here");
    },
    getPrototypeOf() {
      throw new Error("was here");
    },
  });
});
