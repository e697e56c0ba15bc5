// Fails with causes without end.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  let error = new Error("was here");
  for (let n = 0; n < 100_000; n++) {
    error = new Error("deeper", { cause: error });
  }
  throw error;
});
