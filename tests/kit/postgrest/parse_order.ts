// The `order` parameter (docs, "Tables and Views" › Ordering; "Resource Embedding" › Top-level Ordering).
import { Cursor } from "./cursor.ts";
import { type Field, parseField, parseName } from "./field.ts";

/** One key to sort by; `relation` names an embedded to-one resource whose column it is. */
export interface OrderTerm {
  field: Field;
  relation?: string;
  direction?: "ASC" | "DESC";
  nulls?: "NULLS FIRST" | "NULLS LAST";
}

/** Parses `a.desc.nullslast,b,rel(c).asc`. */
export function parseOrder(text: string): OrderTerm[] {
  const cursor = new Cursor(text, "order");
  const terms = cursor.list(() => parseTerm(cursor));
  cursor.expectEnd();
  return terms;
}

function parseTerm(cursor: Cursor): OrderTerm {
  const { field, relation } = parseSubject(cursor);
  const direction = cursor.take(".asc")
    ? "ASC"
    : cursor.take(".desc")
    ? "DESC"
    : undefined;
  const nulls = cursor.take(".nullsfirst")
    ? "NULLS FIRST"
    : cursor.take(".nullslast")
    ? "NULLS LAST"
    : undefined;
  if (cursor.sees(".")) {
    cursor.fail('"asc", "desc", "nullsfirst" or "nullslast"');
  }
  if (!cursor.isAtEnd && !cursor.sees(",")) {
    cursor.fail('delimiter (.), "," or end of input');
  }
  return { field, relation, direction, nulls };
}

function parseSubject(cursor: Cursor): { field: Field; relation?: string } {
  const start = cursor.position;
  const relation = parseName(cursor);
  if (cursor.take("(")) {
    const field = parseField(cursor);
    cursor.expect(")");
    return { field, relation };
  }
  cursor.position = start;
  return { field: parseField(cursor) };
}
