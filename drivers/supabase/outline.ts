/**
 * Looks at the first page for what its rows are made of: the members in their
 * order, and whether embedded ones are rows or lists of rows.
 *
 * @module
 */
import { NO_JSON, skipSpace, skipValue } from "../../src/table/json_text.ts";
import type { Expected, ExpectedMembers } from "./members.ts";
import { NotRows, readKey } from "./scan.ts";

/** A member of a row as it came, or as it is expected. */
export interface OutlineMember {
  readonly name: string;
  readonly expected: Expected | undefined;
  /** Members of an embedded row; null for a value, a list of rows, or json. */
  readonly members: readonly OutlineMember[] | null;
}

/** What rows are made of. */
export type Outline =
  | { readonly kind: "rows"; readonly members: readonly OutlineMember[] }
  /** A function gives values that are no rows. */
  | { readonly kind: "values" };

/**
 * The outline of a page; undefined when there is no row to look at and nothing
 * is expected.
 *
 * @param isFlat Whether members of embedded rows become columns.
 * @throws {NotRows}
 */
export function outlineOf(
  bytes: Uint8Array,
  expected: ExpectedMembers,
  isFlat: boolean,
): Outline | undefined {
  const rows = [...firstRows(bytes)];
  if (rows.length === 0) {
    if (expected.size === 0) return undefined;
    return { kind: "rows", members: expectedOutline(expected, isFlat) };
  }
  if (bytes[rows[0]] !== OBJECT) return { kind: "values" };
  return {
    kind: "rows",
    members: membersOf(bytes, rows, expected, isFlat),
  };
}

const OBJECT = 0x7b, LIST = 0x5b;

/** Rows that are looked at for the members of embedded rows. */
const LOOK_AT = 10_000;

/** Where the first rows start. */
function* firstRows(bytes: Uint8Array): Generator<number> {
  const end = bytes.length;
  let at = skipSpace(bytes, 0, end);
  if (at === end) return;
  if (bytes[at] !== LIST) {
    yield at;
    return;
  }
  at = skipSpace(bytes, at + 1, end);
  for (let row = 0; row < LOOK_AT && at < end && bytes[at] !== 0x5d; row++) {
    yield at;
    const next = skipValue(bytes, at, end, 0);
    if (next === NO_JSON) throw new NotRows("no value", at);
    at = skipSpace(bytes, next, end);
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1, end);
  }
}

/** Members of the object at `rows[0]`; the other rows tell what it leaves open. */
function membersOf(
  bytes: Uint8Array,
  rows: readonly number[],
  expected: ExpectedMembers,
  isFlat: boolean,
): OutlineMember[] {
  return [...valuesOf(bytes, rows[0])].map(([name]) => {
    const known = expected.get(name);
    if (!isFlat || !known?.embed) {
      return { name, expected: known, members: null };
    }
    const places = rows.map((row) => placeOf(bytes, row, name)).filter((at) =>
      at !== undefined && (bytes[at] === OBJECT || bytes[at] === LIST)
    ) as number[];
    if (places.length === 0) {
      return {
        name,
        expected: known,
        members: expectedOutline(known.embed, isFlat),
      };
    }
    const isOne = bytes[places[0]] === OBJECT;
    return {
      name,
      expected: known,
      members: isOne ? membersOf(bytes, places, known.embed, isFlat) : null,
    };
  });
}

function expectedOutline(
  expected: ExpectedMembers,
  isFlat: boolean,
): OutlineMember[] {
  return [...expected].map(([name, known]) => ({
    name,
    expected: known,
    members: isFlat && known.embed !== null && known.embed.size > 0
      ? expectedOutline(known.embed, isFlat)
      : null,
  }));
}

/** Names of an object's members and where their values start. */
function* valuesOf(
  bytes: Uint8Array,
  object: number,
): Generator<[name: string, at: number]> {
  const end = bytes.length;
  let at = skipSpace(bytes, object + 1, end);
  while (bytes[at] === 0x22) {
    const [name, afterColon] = readKey(bytes, at);
    const start = skipSpace(bytes, afterColon, end);
    yield [name, start];
    const next = skipValue(bytes, start, end, 0);
    if (next === NO_JSON) throw new NotRows("no value", start);
    at = skipSpace(bytes, next, end);
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1, end);
  }
}

function placeOf(
  bytes: Uint8Array,
  object: number,
  wanted: string,
): number | undefined {
  for (const [name, at] of valuesOf(bytes, object)) {
    if (name === wanted) return at;
  }
  return undefined;
}
