/**
 * Takes the engine's own functions away: its flags act on all threads, some
 * write files or take guards away, and a look at the heap shows what a thread
 * holds besides what its driver was given.
 *
 * Imported before all else, for its effect: the named exports of `node:v8` are
 * made when it is first imported, by whomever, of the object changed here.
 *
 * @module
 */
import { deny, put } from "./take_away.ts";

/** The one flag that the runtime sets: it lets a thread ask for its own collection. */
const OURS = "--expose-gc";

const { process } = globalThis as unknown as {
  process: { getBuiltinModule(name: string): Record<string, unknown> };
};
const engine = process.getBuiltinModule("node:v8");
const set = engine.setFlagsFromString as (flags: string) => void;
const { NotCapable } = Deno.errors;

set(OURS);
put(engine, "setFlagsFromString", (flags: unknown): void => {
  if (flags === OURS) return; // it is set
  throw new NotCapable(
    "node:v8.setFlagsFromString is not available to drivers",
  );
});
deny(engine, [
  "setHeapSnapshotNearHeapLimit",
  "getHeapSnapshot",
  "writeHeapSnapshot",
  "queryObjects",
], "node:v8");
