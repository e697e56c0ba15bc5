/**
 * Tables of lazy columns, as Arquero's own tables: verbs that only move rows
 * move row numbers, and values are decoded where an expression reads them.
 *
 * @module
 */
import { ColumnTable } from "../../src/deps/arquero.ts";
import { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { type Schema, types } from "../../src/table/type.ts";
import {
  columnOf,
  ComputedColumn,
  type LazyColumn,
  PickedColumn,
  SourceColumn,
} from "./column.ts";
import type { Cells } from "./decode.ts";
import type { TableScope } from "./scope.ts";
import type { StaticType } from "./static_type.ts";

/** Groups of rows as Arquero keeps them. */
export interface Groups {
  /** The group of each row. */
  readonly keys: Uint32Array;
  /** Gives a key's value for a row. */
  readonly get: readonly ((row: number) => unknown)[];
  readonly names: readonly string[];
  /** A row of each group, in the table that was grouped. */
  readonly rows: readonly number[];
  readonly size: number;
}

/** The part of Arquero's table that we build on, with our columns. */
interface TableParts {
  data?: Record<string, unknown>;
  names?: readonly string[];
  groups?: Groups | null;
  filter?: unknown;
  order?: unknown;
}

/** A name that no expression can say: where row numbers travel through a verb. */
export const ROW = "\0row";

/** A table of lazy columns. */
export class LazyTable extends ColumnTable {
  /** The table with other parts. */
  with(parts: TableParts): LazyTable {
    return (this as unknown as { create(parts: TableParts): LazyTable })
      .create(parts);
  }

  /** A column; it must be there. */
  lazy(name: string): LazyColumn {
    return asLazy((this.data() as Record<string, unknown>)[name]);
  }

  /** The groups, or null. */
  grouping(): Groups | null {
    return this.groups() as unknown as Groups | null;
  }

  /** As Arquero's, but columns become picked rows of themselves; no value is read. */
  override reify(indices?: number[] | Uint32Array): this {
    if (indices === undefined && !this.isOrdered() && !this.isFiltered()) {
      return this;
    }
    const rows = Int32Array.from(indices ?? this.indices());
    // Arquero renumbers the groups of a table that has nothing but row numbers.
    const numbers = Uint32Array.from({ length: this.totalRows() }, (_, i) => i);
    const slim = this.with({ data: { [ROW]: numbers }, names: [ROW] });
    const renumbered = ColumnTable.prototype.reify.call(
      slim,
      rows as unknown as number[],
    ) as LazyTable;
    const data = this.columnNames().map((name) =>
      [name, this.lazy(name).pick(rows)] as const
    );
    return renumbered.with({
      data: Object.fromEntries(data),
      names: this.columnNames(),
    }) as this;
  }

  /** The table with the values of these columns at hand, and with more columns that have no name in it. */
  opened(
    names: Iterable<string>,
    hidden: Record<string, Cells> = {},
  ): LazyTable {
    const data: Record<string, unknown> = { ...this.data(), ...hidden };
    for (const name of names) data[name] = this.lazy(name).cells();
    return this.with({ data, names: this.columnNames() });
  }

  /** What expressions see of it. */
  scope(): TableScope {
    return {
      names: this.columnNames(),
      typeOf: (name) => expressionType(this.lazy(name)),
    };
  }

  /** The table without groups, filter and order. */
  plain(): LazyTable {
    return this.with({ groups: null }).reify();
  }
}

/** A column that may be rounded is one of rounded numbers to expressions. */
function expressionType(column: LazyColumn): StaticType {
  const base = column instanceof PickedColumn ? column.base : column;
  const isRounded = base instanceof SourceColumn && base.decoding.lossy &&
    (base.type.kind === "decimal" ||
      (base.type.kind === "int" && base.type.bits === 64));
  return isRounded ? types.float64 : column.type;
}

/**
 * Makes what a verb of Arquero's gave a table of lazy columns again: arrays
 * that came from columns become those columns, others computed ones.
 */
export function settle(
  table: ColumnTable,
  typeOf: (name: string) => StaticType,
): LazyTable {
  const given = table as LazyTable;
  const rows = given.totalRows();
  const data = given.columnNames().map((name) => {
    const column = (given.data() as Record<string, unknown>)[name];
    if (isLazy(column)) return [name, column] as const;
    const cells = column as unknown[];
    const known = columnOf(cells);
    if (known !== undefined) return [name, known] as const;
    // Arquero gives one value even for no group.
    const values = cells.length === rows ? cells : cells.slice(0, rows);
    return [name, new ComputedColumn(values, typeOf(name))] as const;
  });
  return given.with({
    data: Object.fromEntries(data),
    names: given.columnNames(),
  });
}

function isLazy(column: unknown): column is LazyColumn {
  return column instanceof SourceColumn || column instanceof PickedColumn ||
    column instanceof ComputedColumn;
}

function asLazy(column: unknown): LazyColumn {
  if (isLazy(column)) return column;
  const cells = column as Cells & object;
  return columnOf(cells) ?? new ComputedColumn(cells, null);
}

/** A table of these columns, in order. */
export function tableOf(
  columns: readonly (readonly [name: string, column: LazyColumn])[],
  params: Record<string, unknown>,
): LazyTable {
  const names = columns.map(([name]) => name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw duplicateColumn(repeated);
  if (names.includes("__proto__")) {
    throw new OsirisError(
      "data/expression",
      'Cannot transform a table: a column is named "__proto__"',
      { hint: "Rename the column before the transform" },
    );
  }
  const table = new LazyTable(
    Object.fromEntries(columns) as never,
    names as never,
  );
  return table.params(params) as unknown as LazyTable;
}

/** A table of batches, whose buffers it keeps. */
export function tableOfBatches(
  schema: Schema,
  batches: readonly Batch[],
  lossy: ReadonlySet<string>,
  params: Record<string, unknown>,
): LazyTable {
  const columns = schema.fields.map((field, index) => {
    const chunks = batches.map(({ columns }) => columns[index]);
    const { name } = field;
    const decoding = { name, lossy: lossy.has(name), lossyRows: 0 };
    return [name, new SourceColumn(field, chunks, decoding)] as const;
  });
  return tableOf(columns, params);
}

/** The error for two columns of one name. */
export function duplicateColumn(name: string, path?: string): OsirisError {
  const where = path === undefined ? "the table" : path;
  return new OsirisError(
    "data/duplicate-column",
    `Cannot name a column: ${where}: "${name}" would be there twice`,
    { hint: "Give one of them another name", details: { column: name } },
  );
}
