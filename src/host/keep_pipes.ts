/**
 * Joins the sandbox of a step's own process to the host by the standard pipes,
 * and holds the process to its limits.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { type Boot, type First, NO_TAGS } from "../pipe/boot.ts";
import { Bridge } from "../pipe/bridge.ts";
import { readFrame, tagsFrom } from "../pipe/frame.ts";
import { pipeReader } from "../pipe/reader.ts";
import { decodeValue } from "../pipe/value.ts";
import type { ToSandbox } from "../protocol.ts";
import { keepLimits } from "../worker/keep_limits.ts";
import type { Sandbox } from "./sandbox.ts";
import { isSourceOrder, serveSource } from "./serve_sources.ts";
import { isTargetOrder, OwnTargets } from "./serve_targets.ts";

/** Passes messages on until the host closes its pipe. */
export async function keepPipes(boot: Boot, sandbox: Sandbox): Promise<void> {
  const first = await readFrame(fill, NO_TAGS);
  if (first === null) return;
  const { seed } = decodeValue(first.head, first.body, noPort).value as First;
  const targets = new OwnTargets((note) => bridge.note(note));
  const bridge = new Bridge({
    fill,
    write,
    tags: { read: NO_TAGS, write: tagsFrom(seed) },
    isHost: false,
    hear: (message, transfer) => {
      if (isTargetOrder(message)) return targets.open(message);
      if (isSourceOrder(message)) {
        return void serveSource(message, sandbox, (note) => bridge.note(note));
      }
      const [told, ports] = targets.addTo(message, transfer.filter(isMovable));
      sandbox.post(told as ToSandbox, ports);
    },
  });
  const died = (error: OsirisError): void => bridge.postDeath(error);
  keepLimits(boot, died, (usage) => bridge.tellUsage(usage));
  sandbox.listen((message) => forward(bridge, message), died);
  await bridge.run();
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
}, (into) => {
  const read = Deno.stdin.readSync(into);
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
