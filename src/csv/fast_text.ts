/**
 * Room for text that clear rows are found in quickly, with instructions that
 * the engine has for loops like these.
 *
 * @module
 */
import type { GatheredText } from "../table/column_builder.ts";
import type { Dialect } from "./dialect.ts";
import {
  clearRows,
  ENDS,
  ESCAPED,
  FACTS,
  gather,
  GATHERED,
  MOST_FIELDS,
  MOST_GATHERED,
  SPANS,
  SPARE_BYTES,
  TEXT,
} from "./scan_code.ts";
import { textEnd } from "./utf8_code.ts";
import { wasmModule } from "./wasm.ts";

const PAGE_BYTES = 65_536;

/** What the module offers. */
interface Exports {
  clearRows(
    at: number,
    end: number,
    most: number,
    width: number,
    delimiter: number,
    quote: number,
    comment: number,
  ): number;
  textEnd(at: number, end: number): number;
  gather(span: number, step: number, rows: number, base: number): number;
}

/** Holds text, the spans of its fields, and what finds them. */
export class FastText {
  /** The text; what is after it is there as well. New ones when it grows. */
  bytes!: Uint8Array<ArrayBuffer>;
  /** Spans of the block scanned last. */
  spans!: Int32Array<ArrayBuffer>;
  #facts!: Int32Array;
  #escaped!: Int32Array;
  #gathered!: Uint8Array;
  #ends!: Int32Array;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: Exports;

  private constructor(bytes: number, most: number) {
    this.#memory = new WebAssembly.Memory({
      initial: pages(bytes),
      maximum: pages(most),
    });
    const module = new WebAssembly.Module(
      wasmModule([clearRows, textEnd, gather]),
    );
    const { exports } = new WebAssembly.Instance(module, {
      m: { m: this.#memory },
    });
    this.#exports = exports as unknown as Exports;
    this.#look();
  }

  /** Room for `bytes` at first and up to `most`; undefined where there can be none. */
  static create(bytes: number, most: number): FastText | undefined {
    try {
      return new FastText(bytes, most);
    } catch {
      // An engine without these instructions, or a process short of addresses.
      return undefined;
    }
  }

  /** Makes room for so many bytes and keeps those there are. */
  grow(bytes: number): void {
    const more = pages(bytes) - this.#memory.buffer.byteLength / PAGE_BYTES;
    if (more > 0) this.#memory.grow(more);
    this.#look();
  }

  /**
   * How far from `at` on all bytes are text, or a little less. A character
   * starts at `at`; the last one before the end may not be whole.
   */
  textEnd(at: number, end: number): number {
    return at < 3 ? at : this.#exports.textEnd(at, end);
  }

  /** Whether blocks of so many fields of a dialect can be scanned. */
  takes({ escape, delimiter }: Dialect, fields: number): boolean {
    return escape < 0 && delimiter >= 0 && fields <= MOST_FIELDS;
  }

  /**
   * Scans rows of `bytes[at, end)` into {@linkcode spans}, as long as they are clear.
   *
   * @param width Spans a row, in integers; `most` of all rows.
   * @param escaped Gets places in spans of fields with doubled quotes.
   * @returns integers in spans, where the next row starts, and the line ends before it.
   */
  scan(
    at: number,
    end: number,
    most: number,
    width: number,
    { delimiter, quote, comment }: Dialect,
    escaped: number[],
  ): { to: number; at: number; lines: number } {
    const to = this.#exports.clearRows(
      at,
      end,
      4 * most,
      4 * width,
      delimiter,
      quote,
      comment,
    );
    const [next, lines, escapes] = this.#facts;
    for (let i = 0; i < escapes >> 2; i++) escaped.push(this.#escaped[i] >> 2);
    return { to: to >> 2, at: next, lines };
  }

  /**
   * Puts the texts of a column of the block scanned last one after another;
   * null when they are too many. To be used before the next ones are gathered.
   *
   * @param base Where the first of them is to start.
   */
  readonly gather = (
    first: number,
    step: number,
    rows: number,
    base: number,
  ): GatheredText | null => {
    const bytes = this.#exports.gather(4 * first, 4 * step, rows, base);
    if (bytes < 0) return null;
    return {
      data: this.#gathered.subarray(0, bytes),
      ends: this.#ends.subarray(0, rows),
      hasNull: this.#facts[0] > 0,
    };
  };

  /** A growing memory has a buffer of its own each time. */
  #look(): void {
    const buffer = this.#memory.buffer as ArrayBuffer;
    this.bytes = new Uint8Array(buffer, TEXT);
    this.spans = new Int32Array(buffer, SPANS, 2 * MOST_FIELDS);
    this.#facts = new Int32Array(buffer, FACTS, 3);
    this.#escaped = new Int32Array(buffer, ESCAPED, MOST_FIELDS);
    this.#ends = new Int32Array(buffer, ENDS, MOST_FIELDS);
    this.#gathered = new Uint8Array(buffer, GATHERED, MOST_GATHERED);
  }
}

function pages(bytes: number): number {
  return Math.ceil((TEXT + bytes + SPARE_BYTES) / PAGE_BYTES);
}
