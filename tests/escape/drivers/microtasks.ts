// Starves its thread by microtasks.
import { attempt } from "./kit/attempt.ts";

export default attempt(async () => {
  for (;;) await null;
});
