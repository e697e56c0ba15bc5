// The body of a request that writes (docs, "Tables and Views" › Insert, Bulk Insert, Bulk Insert with CSV).
import { bodyRefusal } from "./refusal.ts";

/** A body as JSON text, untouched where it came as JSON: numbers keep every digit. */
export interface Payload {
  text: string;
  isArray: boolean;
  /** The keys of the first object, which all objects must share. */
  keys: string[];
  /** Number of objects. */
  length: number;
}

/**
 * Reads a body.
 *
 * @param columns The `columns` parameter: with it, objects may differ and only these keys count (› Specifying Columns).
 * @throws {Refusal} PGRST102 if the body is not what its type says.
 */
export function readPayload(
  body: string,
  contentType: string | undefined,
  columns?: string[],
): Payload {
  const type = (contentType ?? "application/json").split(";")[0].trim()
    .toLowerCase();
  const text = type === "text/csv"
    ? csvToJson(body)
    : type === "application/x-www-form-urlencoded"
    ? formToJson(body)
    : body;
  if (
    !/^(text\/csv|application\/(x-www-form-urlencoded|json|vnd\.pgrst\.(object|array)\+json))$/
      .test(type)
  ) {
    throw bodyRefusal(`Content-Type not acceptable: ${type}`);
  }
  return describe(text, columns);
}

function describe(text: string, columns?: string[]): Payload {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bodyRefusal("Empty or invalid json");
  }
  const isArray = Array.isArray(value);
  const objects = (isArray ? value : [value]) as Record<string, unknown>[];
  if (
    objects.some((object) =>
      typeof object !== "object" || object === null || Array.isArray(object)
    )
  ) {
    throw bodyRefusal("All object keys must match");
  }
  if (columns) return { text, isArray, keys: columns, length: objects.length };
  const keys = objects.length ? Object.keys(objects[0]) : [];
  const isSame = (object: Record<string, unknown>) => {
    const own = Object.keys(object);
    return own.length === keys.length &&
      keys.every((key) => Object.hasOwn(object, key));
  };
  if (!objects.every(isSame)) throw bodyRefusal("All object keys must match");
  return { text, isArray, keys, length: objects.length };
}

function formToJson(body: string): string {
  return JSON.stringify(Object.fromEntries(new URLSearchParams(body)));
}

/** CSV with a header; an unquoted NULL is null. */
function csvToJson(body: string): string {
  const [header, ...rows] = csvRows(body);
  if (!header || rows.some((row) => row.length !== header.length)) {
    throw bodyRefusal("All lines must have same number of fields");
  }
  const names = header.map((cell) => cell ?? "NULL");
  return JSON.stringify(
    rows.map((row) =>
      Object.fromEntries(row.map((cell, i) => [names[i], cell]))
    ),
  );
}

function csvRows(body: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (cell.lastIndex < body.length) {
    const found = cell.exec(body);
    if (!found) throw bodyRefusal("Invalid CSV");
    const [, quoted, bare, end] = found;
    row.push(
      quoted !== undefined
        ? quoted.replaceAll('""', '"')
        : bare === "NULL"
        ? null
        : bare,
    );
    if (end === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
