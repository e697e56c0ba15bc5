/**
 * The columns of the tables that Arquero works on. They stay what they were,
 * buffers and row numbers, until an expression asks for their values.
 *
 * @module
 */
import { type Column, emptyBatch } from "../../src/table/batch.ts";
import {
  type Field,
  type LogicalType,
  sameType,
} from "../../src/table/type.ts";
import { type Cells, decodeColumn, type Decoding } from "./decode.ts";
import { unify } from "./static_type.ts";

/** A column of a table: Arquero reads it by `length` and `at`. */
export interface LazyColumn {
  readonly length: number;
  /** The type that its values are known to have, or null. */
  readonly type: LogicalType | null;
  /** Values by row, decoded once and then kept; the same array every time. */
  cells(): Cells;
  /** The value in a row; undefined outside. */
  at(row: number): unknown;
  /** A column of these rows; −1 is NULL, which `optional` says may be there. */
  pick(rows: Int32Array, optional?: boolean): LazyColumn;
}

const columnOfCells = new WeakMap<object, LazyColumn>();

/** The column whose `cells()` this array is, if it is one. */
export function columnOf(cells: object): LazyColumn | undefined {
  return columnOfCells.get(cells);
}

function known(column: LazyColumn, cells: Cells): Cells {
  columnOfCells.set(cells as object, column);
  return cells;
}

/** A column of an input, as it came. */
export class SourceColumn implements LazyColumn {
  readonly length: number;
  /** First row of each chunk, and the number of rows. */
  readonly starts: readonly number[];
  #cells: Cells | undefined;

  constructor(
    readonly field: Field,
    readonly chunks: readonly Column[],
    readonly decoding: Decoding,
  ) {
    let rows = 0;
    this.starts = [
      ...chunks.map(({ length }) => (rows += length) - length),
      rows,
    ];
    this.length = rows;
  }

  get type(): LogicalType {
    return this.field.type;
  }

  cells(): Cells {
    return this.#cells ??= known(
      this,
      decodeColumn(
        this.type,
        this.chunks.length > 0
          ? this.chunks
          : emptyBatch({ fields: [this.field] }).columns,
        this.decoding,
      ),
    );
  }

  at(row: number): unknown {
    return this.cells()[row];
  }

  pick(rows: Int32Array, optional = false): LazyColumn {
    return new PickedColumn(this, rows, optional);
  }
}

/** Rows of another column. */
export class PickedColumn implements LazyColumn {
  readonly length: number;
  #cells: Cells | undefined;

  constructor(
    readonly base: SourceColumn | ComputedColumn,
    readonly rows: Int32Array,
    /** Whether there may be rows that are NULL because nothing was found for them. */
    readonly optional: boolean,
  ) {
    this.length = rows.length;
  }

  get type(): LogicalType | null {
    return this.base.type;
  }

  cells(): Cells {
    if (this.#cells === undefined) {
      const [from, rows] = [this.base.cells(), this.rows];
      const cells = new Array(rows.length);
      for (let i = 0; i < rows.length; i++) {
        cells[i] = rows[i] < 0 ? undefined : from[rows[i]];
      }
      this.#cells = known(this, cells);
    }
    return this.#cells;
  }

  at(row: number): unknown {
    return this.cells()[row];
  }

  pick(rows: Int32Array, optional = false): LazyColumn {
    return new PickedColumn(
      this.base,
      composed(this.rows, rows),
      this.optional || optional,
    );
  }
}

/** Values that an expression gave. */
export class ComputedColumn implements LazyColumn {
  readonly length: number;

  constructor(
    readonly values: Cells,
    readonly type: LogicalType | null,
    /** Whether NaN among them came so from an input; a calculated one is NULL. */
    readonly keepsNaN: boolean = false,
  ) {
    this.length = values.length;
    known(this, values);
  }

  cells(): Cells {
    return this.values;
  }

  at(row: number): unknown {
    return this.values[row];
  }

  pick(rows: Int32Array, optional = false): LazyColumn {
    return new PickedColumn(this, rows, optional);
  }
}

const compositions = new WeakMap<Int32Array, WeakMap<Int32Array, Int32Array>>();

/** `first[second]`, kept: the columns of a table share their row numbers. */
function composed(first: Int32Array, second: Int32Array): Int32Array {
  let of = compositions.get(first);
  if (of === undefined) compositions.set(first, of = new WeakMap());
  let rows = of.get(second);
  if (rows === undefined) {
    rows = new Int32Array(second.length);
    for (let i = 0; i < second.length; i++) {
      rows[i] = second[i] < 0 ? -1 : first[second[i]];
    }
    of.set(second, rows);
  }
  return rows;
}

/** One column under another. Of the same type they stay buffers, otherwise they become values. */
export function stack(columns: readonly LazyColumn[]): LazyColumn {
  const bases = columns.map((column) =>
    column instanceof PickedColumn ? column.base : column
  );
  const sources = bases.filter((base) => base instanceof SourceColumn);
  const isUniform = sources.length === columns.length &&
    sources.every(({ type }) => sameType(type, sources[0].type));
  if (!isUniform) {
    return new ComputedColumn(
      columns.flatMap((column) => Array.from(column.cells())),
      columns.map(({ type }) => type).reduce(unify),
      true,
    );
  }
  const rows = new Int32Array(columns.reduce((sum, c) => sum + c.length, 0));
  let [at, start] = [0, 0];
  columns.forEach((column, i) => {
    for (let row = 0; row < column.length; row++) {
      const from = column instanceof PickedColumn ? column.rows[row] : row;
      rows[at++] = from < 0 ? -1 : from + start;
    }
    start += sources[i].length;
  });
  const { field, decoding } = sources[0];
  const nullable = sources.some((source) => source.field.nullable) ||
    columns.some((column) => column instanceof PickedColumn && column.optional);
  return new SourceColumn(
    { ...field, nullable },
    sources.flatMap((source) => source.chunks),
    decoding,
  ).pick(rows);
}
