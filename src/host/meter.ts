/**
 * How much a step has said to its host, in messages and in text.
 *
 * @module
 */

/** Messages that a step may send within a second. */
const MAX_PER_SECOND = 20_000;

/** Characters of text that a step may have written, in all: they end up on disk. */
const MAX_CHARACTERS = 64 << 20;

/** Counts the messages of one step. */
export class Meter {
  #since = 0;
  #messages = 0;
  #characters = 0;

  /** Takes a message. @returns false when it is one too many. */
  take(message: unknown): boolean {
    const now = performance.now();
    if (now - this.#since > 1000) [this.#since, this.#messages] = [now, 0];
    this.#characters += characters(message);
    return ++this.#messages <= MAX_PER_SECOND &&
      this.#characters <= MAX_CHARACTERS;
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
