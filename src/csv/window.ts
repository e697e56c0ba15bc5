/**
 * A window on a stream of text: a buffer that is used again and again, in which
 * bytes that are not dealt with yet move to the front as more come in.
 *
 * @module
 */
import { countLines, type Place, textFault } from "./fault.ts";
import type { FastText } from "./fast_text.ts";
import { SPARE_BYTES } from "./scan_code.ts";
import { checkText } from "./text_check.ts";

/** Most bytes of one row; what is longer is rather a quote that isn't closed. */
export const MAX_ROW_BYTES = 128 << 20;

/** Bytes of a window at first. */
export const WINDOW_BYTES = (1 << 20) + (64 << 10);

/** New bytes to wait for: fewer would not be worth a scan. */
const FILL_BYTES = 256 << 10;

/** Most bytes that a window holds. */
export const MAX_WINDOW_BYTES = MAX_ROW_BYTES + 8 * FILL_BYTES;

/** Whose text it is, for errors. */
export type Origin = Pick<Place, "format" | "path">;

/** Holds the present part of a text. */
export class Window {
  /** The bytes are `bytes[0, end)`; some more are there for scanners to use. */
  bytes: Uint8Array<ArrayBuffer>;
  end = 0;
  /** Whether the text ends at {@linkcode end}. */
  isLast = false;
  /** Whether nothing more comes; the text doesn't end there when it is cut. */
  isDone = false;
  readonly #isCut: boolean;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #origin: Origin;
  readonly #fast: FastText | undefined;
  /** Bytes of the text before the window. */
  #offset = 0;
  /** Up to where the window is known to be text. */
  #checked = 0;

  /**
   * @param isCut Whether the source is but the beginning of the text.
   * @param fast Where the text is held.
   */
  constructor(
    source: AsyncIterable<Uint8Array>,
    origin: Origin,
    isCut: boolean,
    fast?: FastText,
  ) {
    this.#fast = fast;
    this.bytes = fast?.bytes ?? new Uint8Array(WINDOW_BYTES);
    this.#isCut = isCut;
    this.#source = source[Symbol.asyncIterator]();
    this.#origin = origin;
  }

  /**
   * Drops the bytes before `from`, which then is at 0, and takes more in.
   *
   * @param lines Line ends before `from`, for errors.
   * @throws {OsirisError} `data/encoding`, `data/too-large`
   */
  async fill(from: number, lines: number): Promise<void> {
    this.bytes.copyWithin(0, from, this.end);
    this.end -= from;
    this.#offset += from;
    this.#checked -= from;
    if (this.end > MAX_ROW_BYTES) throw this.#tooLarge(lines);
    // A row that is longer than the window is scanned again only when twice as much is there.
    const wanted = Math.min(
      this.end + Math.max(FILL_BYTES, this.end),
      MAX_ROW_BYTES + FILL_BYTES,
    );
    while (this.end < wanted) {
      const { value, done } = await this.#source.next();
      if (done) {
        this.isDone = true;
        this.isLast = !this.#isCut;
        break;
      }
      this.#append(value);
    }
    this.#check(lines);
  }

  /** Closes the source. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  #append(chunk: Uint8Array): void {
    const needed = this.end + chunk.length + SPARE_BYTES;
    if (needed > this.bytes.length) {
      const doubled = Math.min(2 * this.bytes.length, MAX_WINDOW_BYTES);
      this.#grow(Math.max(needed, doubled));
    }
    this.bytes.set(chunk, this.end);
    this.end += chunk.length;
  }

  #grow(bytes: number): void {
    if (this.#fast !== undefined) {
      this.#fast.grow(bytes);
      this.bytes = this.#fast.bytes;
      return;
    }
    const grown = new Uint8Array(bytes);
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
  }

  #check(lines: number): void {
    const { bytes, end } = this;
    const { checked, fault } = checkText(
      bytes,
      this.#checked,
      end,
      this.isLast,
      this.#fast,
    );
    this.#checked = checked;
    if (fault === null) return;
    const offset = this.#offset + checked;
    const line = lines + countLines(bytes, 0, checked) + 1;
    const place = { ...this.#origin, line, facts: { offset } };
    throw fault === "nul"
      ? textFault(
        "data/encoding",
        place,
        `a NUL byte at offset ${offset}`,
        "Set encoding: utf-16 if it is a UTF-16 text; otherwise it is none",
      )
      : textFault(
        "data/encoding",
        place,
        `no valid UTF-8 at offset ${offset}`,
        "Set encoding to what the file is written in, such as latin-1",
      );
  }

  #tooLarge(lines: number): Error {
    return textFault(
      "data/too-large",
      { ...this.#origin, line: lines + 1 },
      `a row of more than ${MAX_ROW_BYTES >> 20} MiB`,
      "Look for a quote that isn't closed, or check delimiter and quote",
    );
  }
}
