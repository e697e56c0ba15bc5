/**
 * Divides the run's memory budget among steps that hold tables whole: a step
 * waits until what it is to hold fits beside what others hold.
 *
 * Nobody can wait for ever: a step whose unit holds nothing yet waits for those
 * that do, and these wait for nobody. For that, all that a step needs is granted
 * at once; where nobody knows how much that is, it is the only one that holds.
 *
 * @module
 */
import { NEAR } from "./limits.ts";

/** What a step is to hold: bytes, or null when that shows only as it comes. */
export type Need = number | null;

/** How a budget is divided. */
export interface ShareOptions {
  /** Bytes for all. */
  readonly budget: number;
  /** Makes room for what steps hold in all. */
  readonly makeRoom: (bytes: number) => Promise<void>;
  /** Called with what steps hold in all, when it has become less. */
  readonly onFree: (bytes: number) => void;
  /** Called when a step has to wait, with what it needs and what others hold. */
  readonly onWait: (step: string, need: Need, held: number) => void;
  /** Called when a step alone takes most of the budget, and when it takes more than that. */
  readonly onNear: (step: string, bytes: number) => void;
}

/** What a step asks for. */
export interface Claim {
  readonly step: string;
  /** Steps of one unit wait for each other's tables: they don't wait for each other's memory. */
  readonly unit: string;
  readonly need: Need;
  /** Called when it is granted, before there is room. */
  readonly granted: () => void;
}

/** Who holds how much. */
interface Holder {
  readonly step: string;
  readonly unit: string;
  /** Whether it may come to hold any amount. */
  readonly isOpen: boolean;
  bytes: number;
  /** What was told of it: 0 nothing, 1 that it is near the budget, 2 that it is over. */
  told: 0 | 1 | 2;
}

/** A step that waits. */
interface Waiter {
  readonly holder: Holder;
  readonly grant: () => void;
}

/** Divides one run's budget. */
export class MemoryShare {
  readonly #options: ShareOptions;
  readonly #holders = new Map<string, Holder>();
  readonly #waiting: Waiter[] = [];

  constructor(options: ShareOptions) {
    this.#options = options;
  }

  /** Bytes that steps hold, or were granted. */
  get held(): number {
    return [...this.#holders.values()].reduce((sum, one) => sum + one.bytes, 0);
  }

  /** Whether a step was granted anything. */
  isHolder(step: string): boolean {
    return this.#holders.has(step);
  }

  /**
   * Waits until a step may hold what it needs, and for the room for it.
   *
   * @throws {unknown} the signal's reason, what `makeRoom` throws
   */
  async hold(
    { step, unit, need, granted }: Claim,
    signal: AbortSignal,
  ): Promise<void> {
    signal.throwIfAborted();
    const holder: Holder = {
      step,
      unit,
      isOpen: need === null,
      bytes: need ?? 0,
      told: 0,
    };
    const isWithin = [...this.#holders.values()].some((one) =>
      one.unit === unit
    );
    if (isWithin || (this.#waiting.length === 0 && this.#fits(holder))) {
      this.#holders.set(step, holder);
    } else {
      this.#options.onWait(step, need, this.held);
      await this.#wait(holder, signal);
    }
    granted();
    await this.#take(holder);
  }

  /**
   * Counts what a step has come to hold, where that is more than it was granted.
   *
   * @throws {unknown} what `makeRoom` throws
   */
  async grow(step: string, bytes: number): Promise<void> {
    const holder = this.#holders.get(step);
    if (holder === undefined || bytes <= holder.bytes) return;
    holder.bytes = bytes;
    await this.#take(holder);
  }

  /** Ends what steps hold. @returns the most that each of them held, in bytes. */
  release(steps: readonly string[]): Map<string, number> {
    const most = new Map<string, number>();
    for (const step of steps) {
      const holder = this.#holders.get(step);
      if (holder) most.set(step, holder.bytes);
      this.#holders.delete(step);
    }
    this.#options.onFree(this.held);
    this.#grant();
    return most;
  }

  /** Whether a step may hold something beside those that do. */
  #fits({ bytes, isOpen }: Holder): boolean {
    const holders = [...this.#holders.values()];
    if (holders.length === 0) return true;
    return !isOpen && !holders.some((one) => one.isOpen) &&
      this.held + bytes <= this.#options.budget;
  }

  /** Lets in who waits, first come, first served. */
  #grant(): void {
    while (this.#waiting.length > 0) {
      const [{ holder, grant }] = this.#waiting;
      if (!this.#fits(holder)) return;
      this.#waiting.shift();
      this.#holders.set(holder.step, holder);
      grant();
    }
  }

  async #wait(holder: Holder, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { holder, grant: resolve };
    const stop = (): void => {
      const index = this.#waiting.indexOf(waiter);
      if (index >= 0) this.#waiting.splice(index, 1);
      this.#grant(); // who comes next may need less
      reject(signal.reason);
    };
    this.#waiting.push(waiter);
    signal.addEventListener("abort", stop, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #take(holder: Holder): Promise<void> {
    const { budget, makeRoom, onNear } = this.#options;
    const { step, bytes } = holder;
    const level = bytes > budget
      ? 2
      : bytes > 0 && bytes >= budget * NEAR
      ? 1
      : 0;
    if (level > holder.told) {
      holder.told = level;
      onNear(step, bytes);
    }
    await makeRoom(this.held);
  }
}
