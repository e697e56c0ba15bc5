/**
 * Takes away from a worker, before any driver's code runs, what permissions do
 * not cover: shared channels, caches, locks, more threads, signals, standard
 * input and output, handles of other threads.
 *
 * This is a second wall, not the first: what permissions deny stays denied
 * whatever happens here. What it can't take away is said in `docs/security.md`.
 *
 * @module
 */
import { confineConsole } from "./confine_console.ts";
import { confineDeno } from "./confine_deno.ts";
import { confineNode } from "./confine_node.ts";
import { close, deny, remove } from "./take_away.ts";

/** Globals through which code could reach other threads, later runs, or its host past its context. */
const GLOBALS = [
  "BroadcastChannel",
  "caches",
  "CacheStorage",
  "Cache",
  "Worker",
  "SharedWorker",
  "localStorage",
  "sessionStorage",
  "Storage",
  "Lock",
  "LockManager",
];

/** Functions of the worker's own scope that end it or talk past its context. */
const OWN = ["postMessage", "close"];

/** How far a worker is confined. */
export interface Confinement {
  /** Gets what the driver writes to the console, one call at a time. */
  say(level: string, line: string): void;
  /**
   * Whether code that is not ours will run. Node's modules and shared classes
   * are confined then too, which costs their loading: code of ours can't reach
   * what is no longer named.
   */
  readonly isForeign: boolean;
}

/** Confines the calling worker. */
export function confine({ say, isForeign }: Confinement): void {
  if (isForeign) closeShared();
  for (const name of GLOBALS) remove(globalThis, name);
  deny(globalThis, OWN, "self");
  for (const name of ["locks", "gpu"]) {
    remove(Object.getPrototypeOf(navigator), name);
  }
  if (isForeign) confineNode(say);
  confineDeno(isForeign);
  confineConsole(say);
}

/** Closes what is shared between threads: who holds on to a class or an instance must find it of no use. */
function closeShared(): void {
  const { BroadcastChannel, Cache, CacheStorage, LockManager } =
    globalThis as unknown as Record<string, Shared | undefined>;
  close(BroadcastChannel, "BroadcastChannel");
  for (
    const [shared, name] of [
      [Cache, "Cache"],
      [CacheStorage, "caches"],
      [LockManager, "navigator.locks"],
    ] as const
  ) {
    if (shared) deny(shared.prototype, Object.keys(membersOf(shared)), name);
  }
}

type Shared = { readonly prototype: object };

function membersOf({ prototype }: Shared): Record<string, unknown> {
  const { constructor: _, ...members } = Object.getOwnPropertyDescriptors(
    prototype,
  ) as Record<string, unknown>;
  return members;
}
