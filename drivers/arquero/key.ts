/**
 * Keys of rows as small integers: equal keys have equal codes, whatever the
 * types and however many columns. Arquero would join the keys' texts, where
 * `a"|"b` in one column looks like two values.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import { formatType } from "../../src/table/type.ts";
import { ExactDecimal } from "./cell.ts";
import type { LazyColumn } from "./column.ts";
import type { Cells } from "./decode.ts";
import { jsonText } from "./json_value.ts";
import { isInstant, isNumeric, type StaticType } from "./static_type.ts";
import type { Groups, LazyTable } from "./table.ts";

/** The code of a key with a NULL in it, where such keys match nothing. */
const NOTHING = -1;

/** Codes of the rows of one table; −1 is a key that matches nothing. */
export type Codes = Int32Array<ArrayBuffer>;

/**
 * Codes for the rows of several tables, whose key columns stand at the same
 * places. With `matchNulls`, NULL equals NULL, as in grouping; otherwise a key
 * with a NULL or NaN matches nothing, as in joins.
 */
export function keyCodes(
  tables: readonly (readonly LazyColumn[])[],
  matchNulls: boolean,
): { codes: Codes[]; count: number } {
  const width = tables[0].length;
  const rows = tables.map((columns) => columns[0]?.length ?? 0);
  let codes = rows.map((length) => new Int32Array(length));
  let count = 1;
  for (let column = 0; column < width; column++) {
    const known = new Map<unknown, number>();
    const parts = tables.map((columns) =>
      columnCodes(columns[column].cells(), known, matchNulls)
    );
    if (column === 0) [codes, count] = [parts, known.size];
    else [codes, count] = combine(codes, parts, known.size);
  }
  return { codes, count };
}

function columnCodes(
  cells: Cells,
  known: Map<unknown, number>,
  matchNulls: boolean,
): Codes {
  const codes = new Int32Array(cells.length);
  for (let row = 0; row < cells.length; row++) {
    const key = keyOf(cells[row]);
    if (!matchNulls && (key === null || key !== key)) {
      codes[row] = NOTHING;
      continue;
    }
    let code = known.get(key);
    if (code === undefined) known.set(key, code = known.size);
    codes[row] = code;
  }
  return codes;
}

/** What a Map tells apart exactly as values differ. */
function keyOf(cell: unknown): unknown {
  if (cell === undefined) return null;
  if (typeof cell !== "object" || cell === null) return cell;
  if (cell instanceof Date) return +cell;
  if (cell instanceof ExactDecimal) return `\0${cell.text}`;
  return `\0${cell instanceof Uint8Array ? cell.join() : jsonText(cell)}`;
}

function combine(
  first: readonly Codes[],
  second: readonly Codes[],
  size: number,
): [Codes[], number] {
  const known = new Map<number, number>();
  const codes = first.map((codes, table) =>
    codes.map((code, row) => {
      const other = second[table][row];
      if (code < 0 || other < 0) return NOTHING;
      const pair = code * size + other;
      let combined = known.get(pair);
      if (combined === undefined) known.set(pair, combined = known.size);
      return combined;
    })
  );
  return [codes, known.size];
}

/** Refuses keys that can never meet: text and numbers, numbers and dates. */
export function checkKeyTypes(
  left: readonly LazyColumn[],
  right: readonly LazyColumn[],
  path: string,
): void {
  left.forEach(({ type }, i) => {
    const other = right[i].type;
    if (type === null || other === null || family(type) === family(other)) {
      return;
    }
    if (type.kind === "null" || other.kind === "null") return;
    throw new OsirisError(
      "data/type",
      `Cannot match keys: ${path}: ${formatType(type)} against ${
        formatType(other)
      }`,
      {
        hint:
          "Derive a key of the same type first, with op.parse_int(…) or `${…}`",
      },
    );
  });
}

function family(type: NonNullable<StaticType>): string {
  return isNumeric(type)
    ? "number"
    : isInstant(type)
    ? "instant"
    : type.kind === "json"
    ? "utf8"
    : type.kind;
}

/** Groups the rows of `table` by columns, in the order of their first rows. */
export function groupRows(
  table: LazyTable,
  keys: readonly (readonly [name: string, column: LazyColumn])[],
): Groups {
  const columns = keys.map(([, column]) => column);
  const { codes: [codes], count } = keyCodes([columns], true);
  const numbers = new Int32Array(count).fill(-1);
  const groups = new Uint32Array(codes.length);
  const rows: number[] = [];
  // In the order of the table as it lies, filtered rows left out, as Arquero does.
  table.scan(
    ((row: number) => {
      const code = codes[row];
      if (numbers[code] < 0) numbers[code] = rows.push(row) - 1;
      groups[row] = numbers[code];
    }) as never,
  );
  const cells = columns.map((column) => column.cells());
  return {
    keys: groups,
    get: cells.map((values) => (row: number) => values[row]),
    names: keys.map(([name]) => name),
    rows,
    size: rows.length,
  };
}
