/**
 * Rows of a column put together into a new column, from buffer to buffer: what
 * a transform only moves never becomes a JavaScript value.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import type { Column, ColumnData } from "../../src/table/batch.ts";
import { dataArray, hasOffsets, isNull } from "../../src/table/batch.ts";
import { decimalBits, type LogicalType } from "../../src/table/type.ts";

/** Where rows lie: the chunk and the row in it; chunk −1 is NULL. */
export interface Places {
  readonly chunk: Int32Array;
  readonly row: Int32Array;
}

/** Finds the places of `rows` (−1 is NULL) among chunks that start at `starts` (one more than chunks). */
export function locate(starts: readonly number[], rows: Int32Array): Places {
  const chunk = new Int32Array(rows.length);
  const row = new Int32Array(rows.length);
  let current = 0;
  for (let i = 0; i < rows.length; i++) {
    const wanted = rows[i];
    if (wanted < 0) {
      chunk[i] = -1;
      continue;
    }
    if (wanted < starts[current] || wanted >= starts[current + 1]) {
      current = chunkOf(starts, wanted);
    }
    chunk[i] = current;
    row[i] = wanted - starts[current];
  }
  return { chunk, row };
}

/** The chunk that row `wanted` is in. */
function chunkOf(starts: readonly number[], wanted: number): number {
  let [low, high] = [0, starts.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (starts[middle] <= wanted) low = middle;
    else high = middle;
  }
  return low;
}

/** Puts the rows at `places` together. */
export function gather(
  type: LogicalType,
  chunks: readonly Column[],
  places: Places,
): Column {
  const length = places.row.length;
  const { validity, nullCount } = gatherValidity(chunks, places);
  const base = { type, length, nullCount, validity };
  if (type.kind === "null") {
    return {
      ...base,
      validity: null,
      nullCount: length,
      data: new Uint8Array(0),
      offsets: null,
    };
  }
  if (hasOffsets(type)) return { ...base, ...gatherBytes(chunks, places) };
  const data = type.kind === "bool"
    ? gatherBits(chunks, places)
    : gatherFixed(type, chunks, places);
  return { ...base, data, offsets: null };
}

function gatherValidity(
  chunks: readonly Column[],
  { chunk, row }: Places,
): { validity: Uint8Array<ArrayBuffer> | null; nullCount: number } {
  const length = row.length;
  const mayHaveNulls = chunk.includes(-1) ||
    chunks.some(({ nullCount }) => nullCount > 0);
  if (!mayHaveNulls) return { validity: null, nullCount: 0 };
  const validity = new Uint8Array((length + 7) >> 3);
  let nullCount = 0;
  for (let i = 0; i < length; i++) {
    if (chunk[i] < 0 || isNull(chunks[chunk[i]], row[i])) nullCount++;
    else validity[i >> 3] |= 1 << (i & 7);
  }
  return { validity: nullCount === 0 ? null : validity, nullCount };
}

function gatherBits(
  chunks: readonly Column[],
  { chunk, row }: Places,
): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array((row.length + 7) >> 3);
  for (let i = 0; i < row.length; i++) {
    if (chunk[i] < 0) continue;
    const data = chunks[chunk[i]].data as Uint8Array;
    if ((data[row[i] >> 3] & (1 << (row[i] & 7))) !== 0) {
      bits[i >> 3] |= 1 << (i & 7);
    }
  }
  return bits;
}

type Words =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<
    ArrayBuffer
  >;

/** Values of fixed width are moved as unsigned words, so that no NaN or bigint is touched. */
function gatherFixed(
  type: LogicalType,
  chunks: readonly Column[],
  { chunk, row }: Places,
): ColumnData {
  const Data = dataArray(type);
  const bytes = type.kind === "decimal"
    ? decimalBits(type.precision) / 8
    : Data.BYTES_PER_ELEMENT;
  const Word = bytes === 1
    ? Uint8Array
    : bytes === 2
    ? Uint16Array
    : Uint32Array;
  const stride = Math.max(1, bytes / 4);
  const from = chunks.map(({ data, length }) =>
    new Word(data.buffer, data.byteOffset, length * stride) as Words
  );
  const to = new Word(row.length * stride);
  if (stride === 1) {
    for (let i = 0; i < row.length; i++) {
      if (chunk[i] >= 0) to[i] = from[chunk[i]][row[i]];
    }
  } else {
    for (let i = 0; i < row.length; i++) {
      if (chunk[i] < 0) continue;
      const source = from[chunk[i]];
      for (let word = 0; word < stride; word++) {
        to[i * stride + word] = source[row[i] * stride + word];
      }
    }
  }
  return new Data(to.buffer) as ColumnData;
}

/** Values of any length; rows that follow each other are copied in one go. */
function gatherBytes(
  chunks: readonly Column[],
  { chunk, row }: Places,
): { data: Uint8Array<ArrayBuffer>; offsets: Int32Array<ArrayBuffer> } {
  const length = row.length;
  const offsets = new Int32Array(length + 1);
  let total = 0;
  for (let i = 0; i < length; i++) {
    if (chunk[i] >= 0) {
      const source = chunks[chunk[i]].offsets!;
      total += source[row[i] + 1] - source[row[i]];
    }
    if (total > 0x7fff_ffff) throw tooLarge();
    offsets[i + 1] = total;
  }
  const data = new Uint8Array(total);
  for (let i = 0; i < length;) {
    const from = i++;
    if (chunk[from] < 0) continue;
    while (
      i < length && chunk[i] === chunk[from] && row[i] === row[i - 1] + 1
    ) i++;
    const source = chunks[chunk[from]];
    copy(
      source.data as Uint8Array,
      source.offsets![row[from]],
      source.offsets![row[i - 1] + 1],
      data,
      offsets[from],
    );
  }
  return { data, offsets };
}

function copy(
  from: Uint8Array,
  start: number,
  end: number,
  to: Uint8Array,
  at: number,
): void {
  // A call costs more than a few bytes do.
  if (end - start > 24) to.set(from.subarray(start, end), at);
  else for (let byte = start; byte < end;) to[at++] = from[byte++];
}

function tooLarge(): OsirisError {
  return new OsirisError(
    "data/too-large",
    "Cannot put rows together: a batch of a text column is over 2 GiB",
    { hint: "Drop the column or shorten its values before the transform" },
  );
}
