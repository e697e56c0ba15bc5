/**
 * Finds the values of a page of rows in the JSON bytes that came, without
 * building a single one: numbers stay text, so none is rounded.
 *
 * What it gives is what `ColumnBuilder.appendSpans` takes. Strings are
 * unescaped in place, which is why a page can be scanned once only, unless all
 * carriages are `json`.
 *
 * @module
 */
import { NO_JSON, skipSpace, skipValue } from "../../src/table/json_text.ts";
import type { Branch, Leaf, ShapeNode } from "./shape.ts";
import { unescapeInPlace } from "./unescape.ts";

/** Where the values of a page are. */
export interface PageSpans {
  readonly rows: number;
  /**
   * For row r and column c the value starts at `[2 * (r * columns + c)]` and
   * ends at the place after. End = start: NULL; end before start: empty.
   */
  readonly spans: Int32Array<ArrayBuffer>;
  /** Where each row starts, and where the last one ends. */
  readonly starts: Int32Array<ArrayBuffer>;
}

/** The answer isn't a list of rows of the shape; `at` is the place. */
export class NotRows extends Error {
  constructor(readonly reason: string, readonly at: number) {
    super(reason);
  }
}

/**
 * Scans a page: a list of objects, one object, a list of values or one value.
 *
 * @param shape What each row is made of; a leaf when rows are bare values.
 * @param columns Leaves in all.
 * @throws {NotRows}
 */
export function scanPage(
  bytes: Uint8Array,
  shape: ShapeNode,
  columns: number,
): PageSpans {
  const out = new SpanList(columns);
  const end = bytes.length;
  let at = skipSpace(bytes, 0, end);
  if (at === end) return out.finish(at);
  if (bytes[at] !== LIST) {
    at = scanRow(bytes, at, shape, out);
    finishAt(bytes, at);
    return out.finish(at);
  }
  at = skipSpace(bytes, at + 1, end);
  if (bytes[at] === LIST_END) {
    finishAt(bytes, at + 1);
    return out.finish(at);
  }
  while (true) {
    at = scanRow(bytes, at, shape, out);
    const last = at;
    at = skipSpace(bytes, at, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, end);
    else if (bytes[at] === LIST_END) {
      finishAt(bytes, at + 1);
      return out.finish(last);
    } else throw new NotRows("neither comma nor bracket after a row", at);
  }
}

const QUOTE = 34, COMMA = 44, COLON = 58, BACKSLASH = 92;
const LIST = 91, LIST_END = 93, OBJECT = 123, OBJECT_END = 125, N = 110;

function finishAt(bytes: Uint8Array, at: number): void {
  if (skipSpace(bytes, at, bytes.length) !== bytes.length) {
    throw new NotRows("something after the rows", at);
  }
}

function scanRow(
  bytes: Uint8Array,
  at: number,
  shape: ShapeNode,
  out: SpanList,
): number {
  out.startRow(at);
  return shape.kind === "leaf"
    ? scanLeaf(bytes, at, shape, out)
    : scanBranch(bytes, at, shape, out);
}

function scanBranch(
  bytes: Uint8Array,
  at: number,
  { members, positions, columns }: Branch,
  out: SpanList,
): number {
  if (bytes[at] === N) {
    for (const column of columns) out.put(column, 0, 0);
    return skipNull(bytes, at);
  }
  if (bytes[at] !== OBJECT) throw new NotRows("a row is no object", at);
  at = skipSpace(bytes, at + 1, bytes.length);
  let seen = 0;
  while (bytes[at] !== OBJECT_END) {
    if (seen >= members.length) throw new NotRows("an unexpected member", at);
    // Rows come in one order; only where that fails are names looked up.
    let member = members[seen];
    let next = afterKey(bytes, at, member.key);
    if (next < 0) {
      const [name, end] = readKey(bytes, at);
      const position = positions.get(name);
      if (position === undefined) throw new NotRows("an unexpected member", at);
      [member, next] = [members[position], end];
    }
    at = skipSpace(bytes, next, bytes.length);
    const { node } = member;
    at = node.kind === "leaf"
      ? scanLeaf(bytes, at, node, out)
      : scanBranch(bytes, at, node, out);
    seen++;
    at = skipSpace(bytes, at, bytes.length);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1, bytes.length);
    else if (bytes[at] !== OBJECT_END) {
      throw new NotRows("neither comma nor brace after a value", at);
    }
  }
  if (seen !== members.length) throw new NotRows("a member is missing", at);
  return at + 1;
}

/** Where the key that is expected ends, or -1 when another one is here. */
function afterKey(bytes: Uint8Array, at: number, key: Uint8Array): number {
  for (let i = 0; i < key.length; i++) {
    if (bytes[at + i] !== key[i]) return -1;
  }
  return at + key.length;
}

/** The key at `at`, and where the value after its colon may start. */
export function readKey(bytes: Uint8Array, at: number): [string, number] {
  const end = skipValue(bytes, at, bytes.length, 0);
  if (bytes[at] !== QUOTE || end === NO_JSON) throw new NotRows("no key", at);
  const colon = skipSpace(bytes, end, bytes.length);
  if (bytes[colon] !== COLON) throw new NotRows("no colon", colon);
  const text = new TextDecoder().decode(bytes.subarray(at, end));
  return [JSON.parse(text), colon + 1];
}

function scanLeaf(
  bytes: Uint8Array,
  at: number,
  { column, carriage }: Leaf,
  out: SpanList,
): number {
  const first = bytes[at];
  if (first === N) {
    out.put(column, 0, 0);
    return skipNull(bytes, at);
  }
  if (first === QUOTE && carriage !== "json") {
    return scanString(bytes, at, column, carriage === "hex", out);
  }
  const end = isScalar(first)
    ? scalarEnd(bytes, at)
    : skipValue(bytes, at, bytes.length, 0);
  if (end === NO_JSON) throw new NotRows("no value", at);
  out.put(column, at, end);
  return end;
}

function isScalar(first: number): boolean {
  return first !== QUOTE && first !== OBJECT && first !== LIST;
}

/** Where a number or word ends; what it is, the column's builder will check. */
function scalarEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  for (; end < bytes.length; end++) {
    const byte = bytes[end];
    if (
      byte === COMMA || byte === OBJECT_END || byte === LIST_END || byte <= 32
    ) break;
  }
  return end === at ? NO_JSON : end;
}

function scanString(
  bytes: Uint8Array,
  at: number,
  column: number,
  isHex: boolean,
  out: SpanList,
): number {
  const start = at + 1;
  const length = bytes.length;
  let isEscaped = false;
  let end = start;
  for (; end < length; end++) {
    const byte = bytes[end];
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) {
      isEscaped = true;
      end++;
    }
  }
  if (end >= length) throw new NotRows("a text without end", at);
  if (isHex) putHex(bytes, start, end, column, out);
  else {
    const stop = isEscaped ? unescapeInPlace(bytes, start, end) : end;
    if (stop < 0) throw new NotRows("an escape that is none", at);
    out.put(column, start, stop === start ? start - 1 : stop);
  }
  return end + 1;
}

/** `\\x` and hex digits, as bytea comes. */
function putHex(
  bytes: Uint8Array,
  start: number,
  end: number,
  column: number,
  out: SpanList,
): void {
  const isHex = bytes[start] === BACKSLASH && bytes[start + 1] === BACKSLASH &&
    bytes[start + 2] === 120;
  if (!isHex) throw new NotRows("bytes that are not written as hex", start);
  const from = start + 3;
  out.put(column, from, from === end ? from - 1 : end);
}

function skipNull(bytes: Uint8Array, at: number): number {
  const isNull = bytes[at + 1] === 117 && bytes[at + 2] === 108 &&
    bytes[at + 3] === 108;
  if (!isNull) throw new NotRows("no value", at);
  return at + 4;
}

/** Collects spans row by row. */
class SpanList {
  readonly #width: number;
  #spans = new Int32Array(0);
  #starts = new Int32Array(1024);
  #rows = 0;
  #base = 0;

  constructor(columns: number) {
    this.#width = 2 * columns;
    this.#spans = new Int32Array(this.#width * 1024);
  }

  startRow(at: number): void {
    if (this.#rows + 1 >= this.#starts.length) this.#grow();
    this.#base = this.#rows * this.#width;
    this.#starts[this.#rows++] = at;
  }

  put(column: number, start: number, end: number): void {
    const at = this.#base + 2 * column;
    this.#spans[at] = start;
    this.#spans[at + 1] = end;
  }

  finish(end: number): PageSpans {
    this.#starts[this.#rows] = end;
    return { rows: this.#rows, spans: this.#spans, starts: this.#starts };
  }

  #grow(): void {
    const rows = 2 * this.#starts.length;
    const spans = new Int32Array(rows * this.#width);
    spans.set(this.#spans);
    const starts = new Int32Array(rows);
    starts.set(this.#starts);
    [this.#spans, this.#starts] = [spans, starts];
  }
}
