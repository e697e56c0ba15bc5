/**
 * A transformed table as batches: moved columns are put together from their
 * buffers, or handed on as they are; computed ones are encoded.
 *
 * @module
 */
import {
  type Batch,
  BATCH_BYTES,
  BATCH_ROWS,
  type Column,
  emptyBatch,
} from "../../src/table/batch.ts";
import type { Field } from "../../src/table/type.ts";
import {
  ComputedColumn,
  type LazyColumn,
  PickedColumn,
  SourceColumn,
} from "./column.ts";
import type { Cells } from "./decode.ts";
import { chooseType, encodeCells, withoutNaN } from "./encode.ts";
import { gather, locate, type Places } from "./gather.ts";
import type { StaticType } from "./static_type.ts";
import type { LazyTable } from "./table.ts";

/** A column on its way out: its field, and its rows `from` to `to`. */
interface Output {
  readonly field: Field;
  /** About how many bytes a row takes. */
  readonly rowBytes: number;
  part(from: number, to: number): Column;
}

/** What the columns of one table share on their way out. */
interface Sharing {
  /** Buffers that later batches still read: they are not given away. */
  readonly kept: ReadonlySet<ArrayBuffer>;
  /** Finds rows; the columns of a table mostly share theirs. */
  places(starts: readonly number[], rows: Int32Array): Places;
}

/** The batches of `table`; at least one. */
export function* batchesOf(table: LazyTable): Generator<Batch> {
  const plain = table.plain();
  const names = plain.columnNames();
  const sharing = sharingOf(names.map((name) => plain.lazy(name)));
  const outputs = names.map((name) => outputOf(plain, name, sharing));
  const schema = { fields: outputs.map(({ field }) => field) };
  const rows = plain.totalRows();
  if (rows === 0) return void (yield emptyBatch(schema));
  const ends = chunkEnds(plain) ?? evenEnds(rows, outputs);
  let from = 0;
  for (const to of ends) {
    const columns = outputs.map((output) => output.part(from, to));
    yield { schema, length: to - from, columns };
    from = to;
  }
}

function sharingOf(columns: readonly LazyColumn[]): Sharing {
  const kept = new Set<ArrayBuffer>();
  for (const column of columns) {
    if (column instanceof PickedColumn && column.base instanceof SourceColumn) {
      for (const chunk of column.base.chunks) {
        buffersOf(chunk).forEach((buffer) => kept.add(buffer));
      }
    }
  }
  let last: { starts: string; rows: Int32Array; places: Places } | undefined;
  return {
    kept,
    places(starts, rows) {
      const isSame = last?.rows.buffer === rows.buffer &&
        last.rows.byteOffset === rows.byteOffset &&
        last.rows.length === rows.length && last.starts === String(starts);
      if (!isSame) {
        last = { starts: String(starts), rows, places: locate(starts, rows) };
      }
      return last!.places;
    },
  };
}

function buffersOf({ data, validity, offsets }: Column): ArrayBuffer[] {
  return [data, validity, offsets].flatMap((part) =>
    part === null ? [] : [part.buffer]
  );
}

/** Where the batches that came in end, if any column goes on as it came. */
function chunkEnds(table: LazyTable): readonly number[] | undefined {
  const sources = table.columnNames().map((name) => table.lazy(name)).filter(
    (column) => column instanceof SourceColumn,
  );
  const [first] = sources;
  const isShared = first !== undefined &&
    sources.every(({ starts }) => String(starts) === String(first.starts));
  return isShared
    ? first.starts.slice(1).filter((end, i) => end > first.starts[i])
    : undefined;
}

function evenEnds(rows: number, outputs: readonly Output[]): number[] {
  const bytes = outputs.reduce((sum, { rowBytes }) => sum + rowBytes, 0);
  const fit = Math.max(1, Math.floor(BATCH_BYTES / Math.max(1, bytes)));
  const step = Math.min(BATCH_ROWS, fit);
  const ends: number[] = [];
  for (let end = step; end < rows; end += step) ends.push(end);
  return [...ends, rows];
}

function outputOf(table: LazyTable, name: string, sharing: Sharing): Output {
  const column = table.lazy(name);
  if (column instanceof SourceColumn) {
    return movedOutput(name, column, null, sharing);
  }
  if (
    column instanceof PickedColumn && column.base instanceof SourceColumn
  ) return movedOutput(name, column.base, column, sharing);
  const base = column instanceof PickedColumn ? column.base : column;
  const keepsNaN = base instanceof ComputedColumn && base.keepsNaN;
  const cells = column.cells();
  return computedOutput(
    name,
    keepsNaN ? cells : withoutNaN(cells),
    column.type,
  );
}

function movedOutput(
  name: string,
  source: SourceColumn,
  picked: PickedColumn | null,
  { kept, places }: Sharing,
): Output {
  const { field, chunks, starts } = source;
  const nullable = field.nullable || (picked?.optional ?? false);
  const bytes = chunks.reduce(
    (sum, { data, offsets, length }) =>
      sum + (offsets === null ? data.byteLength : offsets[length] - offsets[0]),
    0,
  );
  const part = (from: number, to: number): Column => {
    if (picked !== null) {
      const rows = picked.rows.subarray(from, to);
      return gather(field.type, chunks, places(starts, rows));
    }
    const chunk = starts.lastIndexOf(from);
    const isWhole = chunk >= 0 && starts[chunk + 1] === to;
    // A whole chunk goes on as it is.
    return isWhole && !buffersOf(chunks[chunk]).some((b) => kept.has(b))
      ? chunks[chunk]
      : gather(field.type, chunks, locate(starts, range(from, to)));
  };
  return {
    field: { ...field, name, nullable },
    rowBytes: bytes / Math.max(1, source.length) + 4,
    part,
  };
}

function range(from: number, to: number): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i);
}

function computedOutput(
  name: string,
  cells: Cells,
  hint: StaticType,
): Output {
  const type = chooseType(cells, hint, name);
  return {
    field: { name, type, nullable: true },
    rowBytes: 16,
    part: (from, to) => encodeCells(cells, from, to, type, name),
  };
}
