/**
 * Finds the first row of a portion that a refusal is about. The API names
 * columns and values, never a row; the values are looked for here and shown to
 * nobody.
 *
 * @module
 */
import { type Column, isNull } from "../../src/table/batch.ts";
import { columnFormatter } from "../../src/table/formatter.ts";
import type { Refusal } from "./refusal.ts";
import type { Portion } from "./row_feed.ts";
import type { PlannedColumn, WritePlan } from "./write_plan.ts";

/** What was found. */
export interface FoundRow {
  /** Number of the row in the input, counted from 1. */
  readonly row: number;
  /** The column's name in the target, where it isn't known otherwise. */
  readonly column?: string;
}

/** The first row at fault; undefined when none can be told. */
export function findRow(
  { code, message, details }: Refusal,
  portion: Portion,
  plan: WritePlan,
): FoundRow | undefined {
  const { columns } = plan;
  const byName = (name: string) =>
    columns.find(({ target }) => target.name === name);
  if (code === "23502") {
    const column = byName(/column "([^"]+)"/.exec(message)?.[1] ?? "");
    return column && search(portion, [column], ([text]) => text === null);
  }
  if (code === "23505" || code === "23503") {
    return findKey(details, portion, byName);
  }
  if (code === "23514") return findFailing(details, portion, plan);
  if (code === "22P05" || code === "22021") {
    return findText(portion, columns, (text) => text.includes("\0"));
  }
  const value = /: "(.*)"$/s.exec(message)?.[1];
  return value === undefined
    ? undefined
    : findText(portion, columns, (text) => text === value);
}

/** `Key (a, b)=(1, x) …` */
function findKey(
  details: string,
  portion: Portion,
  byName: (name: string) => PlannedColumn | undefined,
): FoundRow | undefined {
  const found = /^Key \((.+?)\)=\((.*)\) (?:already exists|is not present)/s
    .exec(details);
  if (found === null) return undefined;
  const columns = found[1].split(", ").map((name) =>
    byName(name.replace(/^"(.*)"$/, "$1"))
  );
  if (columns.some((column) => column === undefined)) return undefined;
  return search(
    portion,
    columns as PlannedColumn[],
    (texts) => texts.map((text) => text ?? "null").join(", ") === found[2],
  );
}

/**
 * `Failing row contains (1, null, abc…).`: the row that agrees with it in most
 * fields, if it is one alone. Values are written differently here and there,
 * so that not all need agree.
 */
function findFailing(
  details: string,
  portion: Portion,
  { columns, target }: WritePlan,
): FoundRow | undefined {
  const inside = /^Failing row contains \((.*)\)\.?$/s.exec(details)?.[1];
  const fields = inside?.split(", ") ?? [];
  // A text with a comma in it shifts the fields after it.
  if (fields.length !== target.columns.length) return undefined;
  const shown = columns.map((column) =>
    fields[target.columns.indexOf(column.target)]
  );
  let best: FoundRow | undefined;
  let most = 0;
  search(portion, columns, (texts, row) => {
    const same = texts.filter((text, i) =>
      (text ?? "null") === shown[i]
    ).length;
    if (same > most) [best, most] = [{ row }, same];
    else if (same === most) best = undefined;
    return false;
  });
  return best;
}

function findText(
  portion: Portion,
  columns: readonly PlannedColumn[],
  isIt: (text: string) => boolean,
): FoundRow | undefined {
  let best: FoundRow | undefined;
  for (const column of columns) {
    const { kind } = column.field.type;
    if (kind !== "utf8" && kind !== "json") continue;
    const found = search(
      portion,
      [column],
      ([text]) => text !== null && isIt(text),
    );
    if (found && (best === undefined || found.row < best.row)) {
      best = { row: found.row, column: column.target.name };
    }
  }
  return best;
}

/** The first row whose texts pass. */
function search(
  portion: Portion,
  columns: readonly PlannedColumn[],
  isIt: (texts: readonly (string | null)[], row: number) => boolean,
): FoundRow | undefined {
  let number = portion.first;
  for (const { batch, from, to } of portion.slices) {
    const read = columns.map(({ index }) => textReader(batch.columns[index]));
    for (let row = from; row < to; row++, number++) {
      if (isIt(read.map((text) => text(row)), number)) return { row: number };
    }
  }
  return undefined;
}

/** Gives the values of a column as PostgreSQL shows them, nearly. */
export function textReader(column: Column): (row: number) => string | null {
  const formatter = columnFormatter(column.type);
  const decoder = new TextDecoder();
  formatter.bind(column);
  let out = new Uint8Array(64);
  return (row) => {
    if (column.type.kind === "null" || isNull(column, row)) return null;
    const size = formatter.size(row);
    if (size > out.length) out = new Uint8Array(2 * size);
    return decoder.decode(out.subarray(0, formatter.write(row, out, 0)));
  };
}
