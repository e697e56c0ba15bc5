/**
 * How much a step has said to its host, in messages and in text.
 *
 * @module
 */
import type { Heard } from "./hear.ts";

/** Messages that a step may send at once, */
const MAX_BURST = 20_000;

/** and every second. A host that can't take more than these would never see a flood by its rate alone. */
const PER_SECOND = 2_000;

/** Characters that a step may have written, in all: they end up on disk. */
const MAX_CHARACTERS = 64 << 20;

/** What a line takes besides what the step says: time, session, step. */
const LINE = 128;

/** Counts the messages of one step. */
export class Meter {
  #since = performance.now();
  /** Messages beyond what the time since allows for. */
  #excess = 0;
  #characters = 0;

  /** Takes a message as it came. @returns false when it is one too many. */
  take(): boolean {
    const now = performance.now();
    const allowed = (now - this.#since) * PER_SECOND / 1000;
    this.#excess = Math.max(0, this.#excess - allowed) + 1;
    this.#since = now;
    return this.#excess <= MAX_BURST;
  }

  /** Takes a message that is about to be written down. @returns false when too much was written. */
  note(message: Heard): boolean {
    this.#characters += characters(message);
    return this.#characters <= MAX_CHARACTERS;
  }
}

/** Characters that get written of a message. */
function characters(message: Heard): number {
  switch (message.t) {
    case "log":
    case "denied":
      return LINE + message.message.length;
    case "emit":
      return LINE + JSON.stringify(message.facts).length;
    case "measure":
      return LINE + message.name.length + message.unit.length;
    case "commit":
      return LINE + (message.token?.length ?? 0);
    default:
      return 0;
  }
}
