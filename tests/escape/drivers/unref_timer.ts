// Waits on a timer that keeps nobody alive.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() =>
  new Promise((go) => Deno.unrefTimer(setTimeout(() => go(NOTHING), 50)))
);
