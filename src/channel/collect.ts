/**
 * Has garbage outside the heap collected before it piles up.
 *
 * ArrayBuffers lie outside V8's heap. It lets some 64 MB of dead ones pile up in
 * each thread before it collects, which in three threads is most of what a
 * run would hold. A collection takes tens of milliseconds, though, so it is
 * asked for only when the memory has really grown. Where the engine offers no
 * way to ask for one, all works as well, only larger.
 *
 * @module
 */

/** Collects the thread's garbage; null where that can't be asked for. */
type Collect = (() => void) | null;

/** Bytes that may go by between looks. */
const LOOK_BYTES = 4 << 20;

/** Watches the memory that one stream leaves behind, and has it collected. */
export class Garbage {
  readonly #most: number;
  #passed = 0;
  /** Fewest bytes outside the heap since the last collection: what is in use. */
  #kept = Infinity;

  /** @param most Bytes that may pile up; more where half as much is in use. */
  constructor(most = 24 << 20) {
    this.#most = most;
  }

  /** Notes that so many bytes went by, of which some may have become garbage. */
  add(passed: number): void {
    this.#passed += passed;
    if (this.#passed < LOOK_BYTES) return;
    this.#passed = 0;
    const bytes = Deno.memoryUsage().external;
    // What a collection frees is let go of later, by another thread.
    this.#kept = Math.min(this.#kept, bytes);
    if (bytes < this.#kept + Math.max(this.#most, this.#kept / 2)) return;
    collector()?.();
    this.#kept = bytes;
  }
}

let found: Collect | undefined;

function collector(): Collect {
  if (found !== undefined) return found;
  try {
    expose();
    const { runInNewContext } = nodeModule<typeof import("node:vm")>("vm");
    const gc: unknown = runInNewContext("gc");
    found = typeof gc === "function" ? () => gc() : null;
  } catch {
    found = null;
  }
  return found;
}

/** Sets the flag, which is for all threads: a sandbox that must not finds it set. */
function expose(): void {
  try {
    nodeModule<typeof import("node:v8")>("v8")
      .setFlagsFromString("--expose-gc");
  } catch {
    return;
  }
}

/** One of Node's modules, loaded only now: an import would have each thread load it as it starts, and most never collect. */
function nodeModule<T>(name: string): T {
  const { process } = globalThis as unknown as {
    process: { getBuiltinModule(name: string): T };
  };
  return process.getBuiltinModule(`node:${name}`);
}
