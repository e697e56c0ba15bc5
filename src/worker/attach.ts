/**
 * The sandbox's side of the line to its host: hears what it is told, serves
 * one step, and gives signs of life.
 *
 * @module
 */
import { decodeError } from "../error.ts";
import type { ToSandbox } from "../protocol.ts";
import { Questions, type Say } from "./ask.ts";
import { type Load, Serving } from "./serving.ts";

/** The part of a MessagePort or worker scope that is used here. */
export interface Line {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** Milliseconds between two signs of life. */
const BEAT_MS = 1000;

/** How the driver is found, and what is done once at the start. */
export interface Attachment {
  readonly load: Load;
  /** Takes the lock by whose release the host notices the end. */
  holdLock(name: string): Promise<void>;
}

/** Serves one step on `line`. */
export function attach(line: Line, { load, holdLock }: Attachment): void {
  const say: Say = (message, transfer) => line.postMessage(message, transfer);
  const stop = new AbortController();
  const questions = new Questions(stop.signal);
  const ended = new Set<string>();
  let step: Serving | undefined;
  line.onmessage = async ({ data }: MessageEvent<ToSandbox>) => {
    if (questions.hear(data)) return;
    if (data.t === "hello") {
      await holdLock(data.lock);
      say({ t: "alive" });
    } else if (data.t === "start") {
      const serving = new Serving(data, say, questions, stop.signal);
      const beat = setInterval(
        () => say({ t: "beat", ...serving.look() }),
        BEAT_MS,
      );
      step = serving;
      ended.forEach((input) => step!.expectEnd(input));
      say(await step.serve(load));
      clearInterval(beat);
    } else if (data.t === "ended") {
      ended.add(data.input); // a quick producer may have ended before we start
      step?.expectEnd(data.input);
    } else if (data.t === "cancel") stop.abort(decodeError(data.error));
  };
  say({ t: "ready" });
}
