/**
 * Whether a step gets on: counts what moves through it, so that the host can
 * tell a driver that works from one that waits for ever.
 *
 * @module
 */
import type { InputFile, OutputFile } from "../driver/driver.ts";

/** A stream that may be waiting for its other end. */
interface Stream {
  readonly isWaiting: boolean;
}

/** What goes on in one step. */
export class Activity {
  readonly #streams: readonly Stream[];
  #moves = 0;

  /** @param streams Tables in and out: a step that waits for them waits for another step. */
  constructor(streams: readonly Stream[]) {
    this.#streams = streams;
  }

  /** Notes that something has moved. */
  moved = (): void => void this.#moves++;

  /** For a sign of life: what has moved so far, and whether the step waits for another. */
  look(): { readonly moves: number; readonly waits: boolean } {
    const waits = this.#streams.some(({ isWaiting }) => isWaiting);
    return { moves: this.#moves, waits };
  }

  /** A file whose chunks count. */
  input(file: InputFile): InputFile {
    const { moved } = this;
    return {
      ...file,
      async *open(options) {
        for await (const chunk of file.open(options)) {
          moved();
          yield chunk;
        }
      },
    };
  }

  /** A file whose chunks count. */
  output(file: OutputFile): OutputFile {
    return {
      ...file,
      write: async (chunk) => {
        await file.write(chunk);
        this.moved();
      },
    };
  }
}
