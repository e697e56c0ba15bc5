// Runs WebAssembly.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(async () => {
  const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  await WebAssembly.instantiate(bytes);
  return NOTHING; // it runs, and reaches what its imports reach
});
