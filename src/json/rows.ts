/**
 * The objects of a JSON text, one a row: JSON Lines, or an array of objects.
 *
 * @module
 */
import { countLines, type Place, textFault } from "../csv/fault.ts";
import { Window } from "../csv/window.ts";
import { NO_JSON, skipSpace } from "../table/json_text.ts";
import type { OsirisError } from "../error.ts";
import { isCut, ObjectReader } from "./object.ts";

const COMMA = 44, OPEN = 91, CLOSE = 93;

/** Reads the rows of one text once. */
export class JsonRows {
  /** Rows before the present one. */
  seen = 0;
  /** Line on which the present row starts, from 1. */
  line = 1;
  /** Its members. */
  readonly object: ObjectReader = new ObjectReader();
  readonly #origin: { readonly format: "JSON"; readonly path: string };
  readonly #window: Window;
  /** Where the next row, or what is before it, starts. */
  #at = 0;
  /** Line ends before {@linkcode #at}. */
  #lines = 0;
  /** What belongs there: whether the text is an array, and a comma is due. */
  #state: "start" | "lines" | "element" | "comma" | "end" = "start";

  /**
   * @param source Chunks of UTF-8 text.
   * @param isCut Whether it is but the beginning of one, whose last row may be cut.
   */
  constructor(
    source: AsyncIterable<Uint8Array>,
    path: string,
    isCut: boolean,
  ) {
    this.#origin = { format: "JSON", path };
    this.#window = new Window(source, this.#origin, isCut);
  }

  /** The bytes that the present block's members point into. */
  get bytes(): Uint8Array {
    return this.#window.bytes;
  }

  /**
   * Goes through up to `maxRows` rows that are in memory together: `take` is
   * called for each, while {@linkcode object} and {@linkcode line} are the row's.
   *
   * @returns how many there were; 0 at the end.
   * @throws {OsirisError} `data/syntax`, `data/encoding`, `data/too-large`
   */
  async next(maxRows: number, take: (row: number) => void): Promise<number> {
    const window = this.#window;
    while (true) {
      let rows = 0;
      while (rows < maxRows && this.#step()) {
        take(rows);
        rows++;
        this.seen++;
      }
      if (rows > 0) return rows;
      if (window.isDone) {
        if (window.isLast) this.#checkEnd();
        return 0;
      }
      await window.fill(this.#at, this.#lines);
      this.#at = 0;
    }
  }

  /** An error at a line. */
  fault(
    code:
      | "data/syntax"
      | "data/type"
      | "data/encoding"
      | "data/duplicate-column",
    line: number,
    state: string,
    hint?: string,
    facts: Place["facts"] = { row: this.seen + 1 },
  ): OsirisError {
    return textFault(code, { ...this.#origin, line, facts }, state, hint);
  }

  /** Lets go of the text. */
  async close(): Promise<void> {
    await this.#window.close();
  }

  /** Goes on to the next row in the window. @returns whether there is one. */
  #step(): boolean {
    const { bytes, end, isDone } = this.#window;
    if (this.#state === "start") {
      const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && end >= 3;
      if (this.#at === 0 && isMarked) this.#at = 3;
    }
    this.#move(skipSpace(bytes, this.#at, end));
    if (this.#at === end) return false;
    this.#punctuate(bytes[this.#at]);
    this.#move(skipSpace(bytes, this.#at, end));
    if (this.#at === end || this.#state === "end") return this.#stop();
    const next = this.object.read(bytes, this.#at, end);
    this.line = this.#lines + 1;
    if (next === NO_JSON) {
      const mayGoOn = bytes[this.#at] === 123 && isCut(bytes, this.#at, end);
      if (mayGoOn && !(isDone && this.#window.isLast)) return false;
      throw this.fault(
        "data/syntax",
        this.line,
        mayGoOn ? "the text ends within an object" : "no JSON object",
        "Each row must be an object, on a line of its own or in one array",
      );
    }
    this.#move(next);
    if (this.#state === "element") this.#state = "comma";
    return true;
  }

  /** Takes what may stand before a row: the array's bracket, or a comma. */
  #punctuate(byte: number): void {
    if (this.#state === "start") {
      this.#state = byte === OPEN ? "element" : "lines";
      if (byte === OPEN) this.#at++;
      else return;
      // An empty array closes at once.
      const { bytes, end } = this.#window;
      this.#move(skipSpace(bytes, this.#at, end));
      if (bytes[this.#at] === CLOSE && this.#at < end) this.#close();
    } else if (this.#state === "comma") {
      if (byte === CLOSE) this.#close();
      else if (byte === COMMA) {
        this.#at++;
        this.#state = "element";
      } else {
        throw this.fault(
          "data/syntax",
          this.#lines + 1,
          "no comma between two elements of the array",
        );
      }
    }
  }

  #close(): void {
    this.#at++;
    this.#state = "end";
  }

  /** There is no row now; after the array there is nothing at all. */
  #stop(): false {
    const { end } = this.#window;
    if (this.#state !== "end" || this.#at === end) return false;
    throw this.fault(
      "data/syntax",
      this.#lines + 1,
      "something follows the array",
    );
  }

  /** At the end of the text, an array must be closed. */
  #checkEnd(): void {
    if (this.#state !== "element" && this.#state !== "comma") return;
    throw this.fault(
      "data/syntax",
      this.#lines + 1,
      "the text ends before the array does",
      "Check that the file is complete",
    );
  }

  #move(to: number): void {
    this.#lines += countLines(this.bytes, this.#at, to);
    this.#at = to;
  }
}
