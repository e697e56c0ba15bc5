/**
 * Questions to the host and their answers.
 *
 * @module
 */
import { decodeError } from "../error.ts";
import type { FromSandbox, ToSandbox } from "../protocol.ts";

/** Says something to the host. */
export type Say = (message: FromSandbox, transfer?: Transferable[]) => void;

/** Numbers questions and finds the one that an answer belongs to. */
export class Questions {
  readonly #signal: AbortSignal;
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  #ids = 0;

  /** @param signal Aborted when the step is to stop: no answer is waited for then. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Asks by `send` and waits for the answer with its id. */
  async ask<T>(send: (id: number) => void): Promise<T> {
    this.#signal.throwIfAborted();
    const id = ++this.#ids;
    const answer = Promise.withResolvers<unknown>();
    this.#asked.set(id, answer);
    const stop = (): void => answer.reject(this.#signal.reason);
    this.#signal.addEventListener("abort", stop, { once: true });
    send(id);
    try {
      return await answer.promise as T;
    } finally {
      this.#asked.delete(id);
      this.#signal.removeEventListener("abort", stop);
    }
  }

  /** Hears the host. @returns whether it was an answer. */
  hear(message: ToSandbox): boolean {
    if (message.t === "opened") {
      this.#asked.get(message.id)?.resolve(message.port);
    } else if (message.t === "noted") {
      this.#asked.get(message.id)?.resolve(undefined);
    } else if (message.t === "response") {
      this.#asked.get(message.id)?.resolve(message.response);
    } else if (message.t === "refused") {
      this.#asked.get(message.id)?.reject(decodeError(message.error));
    } else return false;
    return true;
  }
}
