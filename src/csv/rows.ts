/**
 * The rows of a CSV text, block by block: what comes before the header, the
 * header, and what is to be done with ragged rows.
 *
 * @module
 */
import type { ErrorCode, OsirisError } from "../error.ts";
import type { Dialect } from "./dialect.ts";
import { countLines, type Place, textFault } from "./fault.ts";
import { measureRow, type RowExtent } from "./measure_row.ts";
import type { FastText } from "./fast_text.ts";
import { Scanner, type ScanState } from "./scanner.ts";
import { Window } from "./window.ts";

/** A row of too few or too many fields, as it stands in the text. */
export interface BadRow {
  readonly text: string;
  /** What is wrong with it. */
  readonly reason: string;
  /** Line in which it starts, from 1. */
  readonly line: number;
}

/** How the rows of a text are to be read. */
export interface RowOptions {
  readonly dialect: Dialect;
  /** Lines at the start that are no part of the table. */
  readonly skipRows: number;
  /** Rows before the one with the names; null when no row has them. */
  readonly header: number | null;
  /** What is done with a row of too few or too many fields. */
  readonly onBadLines: "error" | "skip" | "warn";
  /** Whether the text is but the beginning of one, whose last row may be cut. */
  readonly isCut?: boolean;
  /** Told about each ragged row that is left out. */
  readonly onSkip: (message: string) => void;
  /** Takes each ragged row that is left out. */
  readonly onBad?: (row: BadRow) => void;
}

/** Reads the rows of one text once. */
export class Rows {
  /** Names of the columns: of the header, or `0`, `1`, … without one. */
  names: readonly string[] = [];
  /** Rows before the present block, ragged ones included. */
  seen = 0;
  /** Ragged rows left out so far. */
  skipped = 0;
  readonly #path: string;
  readonly #options: RowOptions;
  readonly #window: Window;
  readonly #fast: FastText | undefined;
  #scanner: Scanner | undefined;
  /** Where the reading before the first row is, and the line ends up to there. */
  #at = 0;
  #lines = 0;
  // Where the present block starts, from which lines are counted when need be.
  #blockAt = 0;
  #blockLines = 0;

  /**
   * @param source Chunks of UTF-8 text.
   * @param fast Room for the text, which nobody else uses meanwhile.
   */
  constructor(
    source: AsyncIterable<Uint8Array>,
    path: string,
    options: RowOptions,
    fast?: FastText,
  ) {
    this.#window = new Window(source, { path }, options.isCut ?? false, fast);
    this.#fast = fast;
    this.#path = path;
    this.#options = options;
  }

  /** The bytes that the present block's spans point into. */
  get bytes(): Uint8Array {
    return this.#window.bytes;
  }

  /** Spans of the present block, two a field. */
  get spans(): Int32Array {
    return this.#scanner!.spans;
  }

  /** Gathers texts of the present block; undefined when its spans are elsewhere. */
  get gather(): FastText["gather"] | undefined {
    return this.spans === this.#fast?.spans ? this.#fast.gather : undefined;
  }

  /** Reads up to the first row: {@linkcode names} are known then. */
  async begin(): Promise<void> {
    const { dialect, skipRows, header } = this.#options;
    await this.#window.fill(0, 0);
    this.#at = startsWithMark(this.#window) ? 3 : 0;
    for (let i = 0; i < skipRows; i++) this.#pass(await this.#measure(PLAIN));
    for (let before = header ?? 0;;) {
      const row = await this.#measure(dialect);
      if (row === undefined) return;
      if (row.fields > 0 && before-- === 0) {
        return this.#open(row);
      }
      this.#pass(row);
    }
  }

  /**
   * Goes on to the next block of up to `maxRows` rows.
   *
   * @returns its rows; 0 at the end.
   * @throws {OsirisError} `data/ragged`, `data/quote`, `data/encoding`, `data/too-large`
   */
  async next(maxRows: number): Promise<number> {
    const scanner = this.#scanner, window = this.#window;
    if (scanner === undefined) return 0;
    this.seen += scanner.rows;
    while (true) {
      this.#blockAt = scanner.at;
      this.#blockLines = scanner.lines;
      const state = scanner.scan(
        window.bytes,
        window.end,
        window.isLast,
        maxRows,
      );
      if (scanner.rows > 0) return scanner.rows;
      if (state === "paused" || !this.#passRagged(state, scanner)) {
        if (window.isDone) return 0;
        await window.fill(scanner.at, scanner.lines);
        scanner.at = 0;
      }
    }
  }

  /** Where a row and column of the present block is, for errors. */
  place(row: number, column: number): Place {
    const width = 2 * this.names.length;
    const start = this.spans[row * width + 2 * column];
    const before = countLines(this.bytes, this.#blockAt, start);
    return {
      path: this.#path,
      line: this.#blockLines + before + 1,
      facts: { row: this.seen + row + 1, column: this.names[column] },
    };
  }

  /** Lets go of the text. */
  async close(): Promise<void> {
    await this.#window.close();
  }

  /** Takes the row at `#at` for the first one, and its names if it has them. */
  #open(first: RowExtent): void {
    const { dialect, header } = this.#options;
    const scanner = new Scanner(dialect, first.fields, this.#fast);
    scanner.at = this.#at;
    scanner.lines = this.#lines;
    this.#scanner = scanner;
    this.names = Array.from({ length: first.fields }, (_, i) => `${i}`);
    if (header === null) return;
    const { bytes, end, isLast } = this.#window;
    const state = scanner.scan(bytes, end, isLast, 1);
    if (scanner.rows === 0) this.#refuse(state, scanner);
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    this.names = this.names.map((_, i) => {
      const start = scanner.spans[2 * i], stop = scanner.spans[2 * i + 1];
      return decoder.decode(bytes.subarray(start, Math.max(start, stop)));
    });
    scanner.rows = 0;
  }

  #pass(row: RowExtent | undefined): void {
    if (row === undefined) return;
    this.#at = row.end;
    this.#lines += row.lines;
  }

  /** The extent of the row at `#at`; undefined at the end of the text. */
  async #measure(dialect: Dialect): Promise<RowExtent | undefined> {
    const window = this.#window;
    while (true) {
      const { bytes, end, isLast } = window;
      if (this.#at < end) {
        const row = measureRow(bytes, this.#at, end, isLast, dialect);
        if (row !== undefined) return row;
        if (isLast) throw this.#fault("data/quote", this.#lines + 1, UNCLOSED);
      }
      if (window.isDone) return undefined;
      await window.fill(this.#at, this.#lines);
      this.#at = 0;
    }
  }

  /**
   * Leaves a ragged row out.
   *
   * @returns whether the scan can go on: false when the row isn't there as a whole yet.
   * @throws {OsirisError} `data/ragged` if it is an error, `data/quote` for other states.
   */
  #passRagged(state: ScanState, scanner: Scanner): boolean {
    if (state !== "ragged") this.#refuse(state, scanner);
    const { dialect, onBadLines, onSkip, onBad } = this.#options;
    const { bytes, end, isLast } = this.#window;
    const row = measureRow(bytes, scanner.at, end, isLast, dialect);
    if (row === undefined) {
      if (!isLast) return false;
      throw this.#fault("data/quote", scanner.lines + 1, UNCLOSED);
    }
    const seen = `${row.fields} fields where ${this.names.length} belong`;
    if (onBadLines === "error") {
      throw this.#fault(
        "data/ragged",
        scanner.lines + 1,
        `row ${this.seen + 1} has ${seen}`,
        "Correct the row or the delimiter, or set on_bad_lines: skip or warn",
        { row: this.seen + 1, fields: row.fields },
      );
    }
    if (onBadLines === "warn") {
      onSkip(`Left out line ${scanner.lines + 1}: ${seen}`);
    }
    onBad?.({
      text: rowText(bytes.subarray(scanner.at, row.end)),
      reason: seen,
      line: scanner.lines + 1,
    });
    scanner.at = row.end;
    scanner.lines += row.lines;
    this.seen++;
    this.skipped++;
    return true;
  }

  /** @throws {OsirisError} `data/quote` */
  #refuse(state: ScanState, scanner: Scanner): never {
    const before = countLines(this.bytes, scanner.at, scanner.faultAt);
    const line = scanner.lines + before + 1;
    throw state === "unclosed"
      ? this.#fault(
        "data/quote",
        line,
        UNCLOSED,
        "Close it, or set quoting: none if quotes mean nothing here",
      )
      : this.#fault(
        "data/quote",
        line,
        "text follows a closing quote",
        "Double the quotes inside a quoted field, or set quoting: none",
      );
  }

  #fault(
    code: ErrorCode,
    line: number,
    state: string,
    hint?: string,
    facts?: Place["facts"],
  ): OsirisError {
    return textFault(code, { path: this.#path, line, facts }, state, hint);
  }
}

/** A row's text without the line end that belongs to it. */
function rowText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\r?\n$|\r$/, "");
}

const UNCLOSED = "a quote opens here and is never closed";

/** Lines as lines, whatever is in them. */
const PLAIN: Dialect = {
  delimiter: -1,
  quote: -1,
  escape: -1,
  comment: -1,
  skipBlankLines: true,
};

/** Whether the text starts with a byte order mark. */
function startsWithMark({ bytes, end }: Window): boolean {
  return end >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb &&
    bytes[2] === 0xbf;
}
