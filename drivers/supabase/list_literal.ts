/**
 * Turns a JSON list into the text of a PostgreSQL array: `[1,null,"a"]` into
 * `{1,NULL,"a"}`. Numbers keep every digit.
 *
 * @module
 */
import {
  isJson,
  NO_JSON,
  skipSpace,
  skipValue,
} from "../../src/table/json_text.ts";
import type { PgType } from "./pg_type.ts";

/** Whether a text is a JSON list; PostgreSQL's own form has braces, or bounds and braces. */
export function isList(
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  return bytes[skipSpace(bytes, start, end)] === 91 &&
    isJson(bytes, start, end);
}

/** The array's text. @param json A JSON list. @param type The column's type. */
export function listLiteral(json: string, type: PgType): string {
  const bytes = new TextEncoder().encode(json);
  const isJson = type.base === "json" || type.base === "jsonb";
  return listAt(bytes, skipSpace(bytes, 0, bytes.length), isJson);
}

function listAt(bytes: Uint8Array, start: number, isJson: boolean): string {
  const parts: string[] = [];
  let at = skipSpace(bytes, start + 1, bytes.length);
  while (at < bytes.length && bytes[at] !== 93) {
    const end = skipValue(bytes, at, bytes.length, 0);
    if (end === NO_JSON) break;
    parts.push(element(bytes, at, end, isJson));
    at = skipSpace(bytes, end, bytes.length);
    if (bytes[at] === 44) at = skipSpace(bytes, at + 1, bytes.length);
  }
  return `{${parts.join(",")}}`;
}

function element(
  bytes: Uint8Array,
  start: number,
  end: number,
  isJson: boolean,
): string {
  const first = bytes[start];
  if (first === 91 && !isJson) return listAt(bytes, start, isJson);
  const text = new TextDecoder().decode(bytes.subarray(start, end));
  if (text === "null") return "NULL";
  if (isJson || first === 123) return quoted(text);
  return first === 34 ? quoted(JSON.parse(text)) : text;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}
