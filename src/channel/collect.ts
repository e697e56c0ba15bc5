/**
 * Has garbage outside the heap collected before it piles up.
 *
 * ArrayBuffers lie outside V8's heap. It lets some 64 MB of dead ones pile up in
 * each thread before it collects, which in three threads is most of what a
 * run would hold. Where the engine offers no way to ask for a collection, all
 * works as well, only larger.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Collects the thread's garbage; null where that can't be asked for. */
type Collect = (() => void) | null;

/** Counts the bytes that one stream leaves behind, and has them collected. */
export class Garbage {
  readonly #most: number;
  #bytes = 0;

  /** @param most Bytes that may pile up. */
  constructor(most = 24 << 20) {
    this.#most = most;
  }

  /** Notes that so many bytes have become garbage. */
  add(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < this.#most) return;
    this.#bytes = 0;
    collector()?.();
  }
}

let found: Collect | undefined;

function collector(): Collect {
  if (found !== undefined) return found;
  try {
    setFlagsFromString("--expose-gc");
    const gc: unknown = runInNewContext("gc");
    found = typeof gc === "function" ? () => gc({ type: "minor" }) : null;
  } catch {
    found = null;
  }
  return found;
}
