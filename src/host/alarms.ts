/**
 * Timers by name, of which setting one again puts it off.
 *
 * @module
 */

/** Longest time that a timer can wait, in milliseconds. */
const LONGEST_MS = 2 ** 31 - 1;

/** What is to happen at certain times unless something else comes first. */
export class Alarms {
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Sets an alarm in place of the one of that name. @param ms From now on; null = never. */
  set(name: string, ms: number | null, act: () => void): void {
    clearTimeout(this.#timers.get(name));
    if (ms !== null && ms <= LONGEST_MS) {
      this.#timers.set(name, setTimeout(act, ms));
    }
  }

  /** Puts all off for good. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
