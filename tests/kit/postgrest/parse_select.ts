// The `select` parameter: columns, renaming, casts, JSON arrows, aggregates and embedded resources.
import { Cursor } from "./cursor.ts";
import { type Field, parseField, parseName } from "./field.ts";

/** A column of the answer (docs, "Tables and Views" › Vertical Filtering, Renaming Columns, Casting Columns). */
export interface SelectField {
  kind: "field";
  /** `*` stands for every column; for `count()` alone it is `*` too. */
  field: Field;
  alias?: string;
  cast?: string;
  /** docs, "Aggregate Functions". */
  aggregate?: "count" | "sum" | "avg" | "min" | "max";
  aggregateCast?: string;
}

/** An embedded resource (docs, "Resource Embedding"). */
export interface SelectEmbed {
  kind: "embed";
  target: string;
  alias?: string;
  hint?: string;
  isInner: boolean;
  /** `...target(columns)`: the columns move into the parent. */
  isSpread: boolean;
  items: SelectItem[];
}

export type SelectItem = SelectField | SelectEmbed;

/** Parses `select`; an empty text means every column. */
export function parseSelect(text: string): SelectItem[] {
  if (text === "") return parseSelect("*");
  const cursor = new Cursor(text, "select parameter");
  const items = cursor.list(() => parseItem(cursor));
  cursor.expectEnd();
  return items;
}

function parseItem(cursor: Cursor): SelectItem {
  cursor.match(/[ \t]+/y);
  if (cursor.take("...")) {
    return parseEmbed(cursor, parseName(cursor), { isSpread: true });
  }
  if (cursor.take("*")) {
    return { kind: "field", field: { name: "*", path: [] } };
  }
  const alias = parseAlias(cursor);
  const start = cursor.position;
  if (cursor.match(/count\(\)/y)) return parseCount(cursor, alias);
  const name = parseName(cursor);
  if (cursor.sees("(") || cursor.sees("!")) {
    return parseEmbed(cursor, name, { alias, isSpread: false });
  }
  cursor.position = start;
  return parseColumn(cursor, alias);
}

/** `alias:` if it stands here; `::` is a cast. */
function parseAlias(cursor: Cursor): string | undefined {
  const start = cursor.position;
  const name = parseName(cursor);
  if (cursor.sees(":") && !cursor.sees("::")) {
    cursor.take(":");
    return name;
  }
  cursor.position = start;
  return undefined;
}

function parseCast(cursor: Cursor): string | undefined {
  if (!cursor.take("::")) return undefined;
  // Only these characters, since the type goes into the SQL unquoted ("int" quoted is no type).
  const found = cursor.match(/[\p{L}\p{N}_$ ]+/uy);
  return found ? found[0].trim() : cursor.fail("letter or digit");
}

function parseCount(cursor: Cursor, alias?: string): SelectField {
  const aggregateCast = parseCast(cursor);
  return {
    kind: "field",
    field: { name: "*", path: [] },
    alias,
    aggregate: "count",
    aggregateCast,
  };
}

function parseColumn(cursor: Cursor, alias?: string): SelectField {
  const field = parseField(cursor);
  const cast = parseCast(cursor);
  const found = cursor.match(/\.(count|sum|avg|min|max)\(\)/y);
  const aggregate = found?.[1] as SelectField["aggregate"];
  const aggregateCast = aggregate ? parseCast(cursor) : undefined;
  if (!cursor.isAtEnd && !cursor.sees(",") && !cursor.sees(")")) {
    cursor.fail(
      'letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input',
    );
  }
  return { kind: "field", field, alias, cast, aggregate, aggregateCast };
}

function parseEmbed(
  cursor: Cursor,
  target: string,
  options: { alias?: string; isSpread: boolean },
): SelectEmbed {
  let hint: string | undefined;
  let isInner = false;
  while (cursor.take("!")) {
    const word = parseName(cursor);
    if (word === "inner") isInner = true;
    else if (word !== "left") hint = word;
  }
  cursor.expect("(");
  const items = cursor.sees(")") ? [] : cursor.list(() => parseItem(cursor));
  cursor.expect(")");
  return { kind: "embed", target, hint, isInner, items, ...options };
}
