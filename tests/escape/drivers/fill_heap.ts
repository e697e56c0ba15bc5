// Fills the heap.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  const kept: unknown[] = [];
  for (;;) kept.push(Array.from({ length: 10_000 }, Math.random));
});
