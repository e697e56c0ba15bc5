/**
 * The program of a step's own process: keeps the pipes to the host and starts
 * the driver in a worker beside itself, confined as any other. The driver never
 * runs in the thread that holds the pipes, so that it can neither read nor
 * forge what is said on them, nor keep this thread from ending the process.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { launchWorker } from "./launch_worker.ts";
import { type Boot, NO_TAGS } from "../pipe/boot.ts";
import { Bridge } from "../pipe/bridge.ts";
import { readFrame, tagsFrom } from "../pipe/frame.ts";
import { pipeReader } from "../pipe/reader.ts";
import { decodeValue } from "../pipe/value.ts";
import type { ToSandbox } from "../protocol.ts";
import { keepLimits } from "../worker/keep_limits.ts";

async function main(): Promise<void> {
  // Ctrl-C reaches the whole group; it is the host that tells steps to stop.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    if (Deno.build.os !== "windows") Deno.addSignalListener(signal, () => {});
  }
  const first = await readFrame(fill, NO_TAGS);
  if (first === null) return;
  const boot = decodeValue(first.head, first.body, noPort).value as Boot;
  const sandbox = launchWorker({ ...boot, boot: new URL(boot.boot) });
  const bridge = new Bridge({
    fill,
    write,
    tags: { read: NO_TAGS, write: tagsFrom(boot.seed) },
    isHost: false,
    hear: (message, transfer) =>
      sandbox.post(message as ToSandbox, transfer.filter(isMovable)),
  });
  const died = (error: OsirisError): void => bridge.postDeath(error);
  keepLimits(boot, died);
  sandbox.listen((message) => forward(bridge, message), died);
  await bridge.run(); // until the host closes the pipe, or is gone itself
}

/** Passes on what the driver's side says; what can't be sent ends the step. */
function forward(bridge: Bridge, message: unknown): void {
  try {
    bridge.post(message);
  } catch (cause) {
    bridge.postDeath(
      new OsirisError(
        "driver/protocol",
        "Cannot pass a message on: it holds what can't be sent",
        { cause },
      ),
    );
  }
}

const fill = pipeReader(async (into) => {
  const read = await Deno.stdin.read(into);
  return read === null ? null : into.subarray(0, read);
});

function write(pieces: readonly Uint8Array[]): void {
  for (const piece of pieces) {
    for (let at = 0; at < piece.byteLength;) {
      at += Deno.stdout.writeSync(piece.subarray(at));
    }
  }
}

function noPort(): never {
  throw new TypeError("no port");
}

/** A worker takes ports; data is cloned unless it is whole buffers. */
function isMovable(item: Transferable): boolean {
  return item instanceof MessagePort || item instanceof ArrayBuffer;
}

if (import.meta.main) {
  try {
    await main();
  } finally {
    Deno.exit(0); // whatever the driver's thread is doing
  }
}
