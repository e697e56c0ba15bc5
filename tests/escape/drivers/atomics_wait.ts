// Waits on shared memory for ever.
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
);
