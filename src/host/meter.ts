/**
 * How much a step has said to its host, in messages and in text.
 *
 * @module
 */

/** Messages that a step may send at once, */
const MAX_BURST = 20_000;

/** and every second. A host that can't take more than these would never see a flood by its rate alone. */
const PER_SECOND = 2_000;

/** Characters of text that a step may have written, in all: they end up on disk. */
const MAX_CHARACTERS = 64 << 20;

/** Counts the messages of one step. */
export class Meter {
  #since = performance.now();
  /** Messages beyond what the time since allows for. */
  #excess = 0;
  #characters = 0;

  /** Takes a message. @returns false when it is one too many. */
  take(message: unknown): boolean {
    const now = performance.now();
    const allowed = (now - this.#since) * PER_SECOND / 1000;
    this.#excess = Math.max(0, this.#excess - allowed) + 1;
    this.#since = now;
    this.#characters += characters(message);
    return this.#excess <= MAX_BURST && this.#characters <= MAX_CHARACTERS;
  }
}

/** Characters of the parts of a message that get written: facts are few and checked by themselves. */
function characters(message: unknown): number {
  const { t, message: text, facts } = (message ?? {}) as {
    t?: unknown;
    message?: unknown;
    facts?: unknown;
  };
  if (t === "log") return typeof text === "string" ? text.length : 0;
  if (t !== "emit") return 0;
  return Object.values((facts ?? {}) as Record<string, unknown>).reduce<number>(
    (sum, fact) => sum + (typeof fact === "string" ? fact.length : 32),
    0,
  );
}
