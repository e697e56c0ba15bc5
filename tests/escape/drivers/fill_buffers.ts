// Fills memory outside the heap.
// It stops at 500 MB, lest it takes all of the machine.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  const kept: unknown[] = [];
  for (let n = 0; n < 32; n++) kept.push(new Uint8Array(1 << 24).fill(1));
  return `${kept.length * 16} MB`;
});
