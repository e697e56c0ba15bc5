// Column names with JSON arrows, as they stand in select, filters and order.
import { Cursor, quotedValue } from "./cursor.ts";

/** One step of a path into a JSON, composite or array value. */
export interface JsonStep {
  /** `->>` gives text, `->` gives JSON. */
  isText: boolean;
  key: string;
  isIndex: boolean;
}

/** A column, maybe with a path into it (docs, "Tables and Views" › JSON Columns; Composite / Array Columns). */
export interface Field {
  name: string;
  path: JsonStep[];
}

/** A name: quoted, or letters, digits, `_`, `$`, space, and `-` where no arrow begins. */
export function parseName(cursor: Cursor): string {
  const quoted = quotedValue(cursor);
  if (quoted !== null) return quoted;
  const found = cursor.match(/[\p{L}\p{N}_$ ]+(?:-(?!>)[\p{L}\p{N}_$ ]+)*/uy);
  if (!found || found[0].trim() === "") {
    cursor.fail("field name (* or [a..z0..9_$])");
  }
  return found[0].trim();
}

/** The arrows behind a name; empty when there are none. */
export function parsePath(cursor: Cursor): JsonStep[] {
  const steps: JsonStep[] = [];
  while (cursor.sees("->")) {
    const isText = cursor.take("->>");
    if (!isText) cursor.take("->");
    const index = cursor.match(/-?\d+(?=->|::|[.,)]|$)/y);
    steps.push(
      index
        ? { isText, key: index[0], isIndex: true }
        : { isText, key: parseName(cursor), isIndex: false },
    );
  }
  return steps;
}

/** A name and its arrows. */
export function parseField(cursor: Cursor): Field {
  return { name: parseName(cursor), path: parsePath(cursor) };
}

/** The key of a filter, order or limit parameter: `embed.embed.column->path`. */
export function parseKey(key: string): { path: string[]; field: Field } {
  const cursor = new Cursor(key, "tree path");
  const names = [parseName(cursor)];
  while (cursor.take(".")) names.push(parseName(cursor));
  const path = parsePath(cursor);
  cursor.expectEnd();
  return {
    path: names.slice(0, -1),
    field: { name: names[names.length - 1], path },
  };
}

/** The name a field has in the answer: the last key of its path, or its own. */
export function outputName(field: Field): string {
  const keys = field.path.filter((step) => !step.isIndex);
  return keys.length ? keys[keys.length - 1].key : field.name;
}
