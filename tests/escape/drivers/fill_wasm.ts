// Fills memory of WebAssembly.
// It stops at 500 MB, lest it takes all of the machine.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  const kept = [];
  for (let n = 0; n < 32; n++) {
    const memory = new WebAssembly.Memory({ initial: 256 });
    new Uint8Array(memory.buffer).fill(1);
    kept.push(memory);
  }
  return `${kept.length * 16} MB`;
});
