// What reads answers, selects and filters, each held against a plain way of doing the same.
import assert from "node:assert/strict";
import { fc } from "../deps/fast_check.ts";
import { readFilters } from "../../drivers/supabase/filter.ts";
import { isList, listLiteral } from "../../drivers/supabase/list_literal.ts";
import { parsePgType } from "../../drivers/supabase/pg_type.ts";
import { retryAfter } from "../../drivers/supabase/refusal.ts";
import { NotRows, scanPage } from "../../drivers/supabase/scan.ts";
import { parseSelect } from "../../drivers/supabase/select.ts";
import { branch, leaf } from "../../drivers/supabase/shape.ts";
import { OsirisError } from "../../src/error.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Any text without halves of surrogate pairs, awkward characters often. */
const anyText = fc.string({ unit: "grapheme", maxLength: 12 }).map((
  text: string,
) => text.toWellFormed());
const awkward = fc.oneof(
  anyText,
  fc.constantFrom("", '"', "\\", "\n\u0000\u001f", "😀\u2028", "a,b}", "null"),
);

/** A row of every carriage and an embedded row, which may be missing. */
const row = fc.record({
  text: fc.option(awkward),
  number: fc.option(
    fc.constantFrom("0", "-1.50", "12345678901234567890.10", "1e-7"),
  ),
  json: fc.option(fc.json({ maxDepth: 2 })),
  raw: fc.option(fc.uint8Array({ maxLength: 5 })),
  inner: fc.option(fc.record({ name: fc.option(awkward) })),
});
type Row = {
  text: string | null;
  number: string | null;
  json: string | null;
  raw: Uint8Array | null;
  inner: { name: string | null } | null;
};

const SHAPE = branch([
  { name: "text", node: leaf(0, "text") },
  { name: "number", node: leaf(1, "text") },
  { name: "json", node: leaf(2, "json") },
  { name: "raw", node: leaf(3, "hex") },
  {
    name: "inner",
    node: branch([{ name: "name", node: leaf(4, "text") }]),
  },
]);

/** A row as a server may write it: members in any order, white space between, letters escaped or not. */
function written(
  { text, number, json, raw, inner }: Row,
  isTurned: boolean,
  space: string,
  isAscii: boolean,
): string {
  const string = (value: string | null): string => {
    const plain = JSON.stringify(value);
    return isAscii
      ? plain.replaceAll(
        /[\u0080-\uffff/]/g,
        (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
      )
      : plain;
  };
  const members = [
    `"text"${space}:${string(text)}`,
    `"number":${space}${number}`,
    `"json":${json}`,
    `"raw":${raw === null ? null : `"\\\\x${raw.toHex()}"`}`,
    `"inner":${
      inner === null ? null : `{"name":${string(inner.name)}${space}}`
    }`,
  ];
  if (isTurned) members.reverse();
  return `{${space}${members.join(`${space},${space}`)}}`;
}

/** The values of a page as text: NULL, or what lies between the places. */
function valuesOf(bytes: Uint8Array, width: number, rows: number) {
  const page = scanPage(bytes, SHAPE, width);
  assert.equal(page.rows, rows);
  return Array.from({ length: rows * width }, (_, cell) => {
    const [start, end] = page.spans.subarray(2 * cell, 2 * cell + 2);
    if (start === end) return null;
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      bytes.subarray(start, Math.max(start, end)),
    );
  });
}

Deno.test("the scanner of rows finds the values that JSON.parse finds, digits and all", () => {
  const page = fc.tuple(
    fc.array(row, { maxLength: 6 }),
    fc.boolean(),
    fc.constantFrom("", " ", "\n\t "),
    fc.boolean(),
  );
  fc.assert(
    fc.property(page, ([rows, isTurned, space, isAscii]: [
      Row[],
      boolean,
      string,
      boolean,
    ]) => {
      const text = `${space}[${
        rows.map((one) => written(one, isTurned, space, isAscii))
          .join(`${space},${space}`)
      }]${space}`;
      const wanted = rows.flatMap((one) => [
        one.text,
        one.number,
        // null in JSON is NULL.
        one.json === "null" ? null : one.json,
        one.raw?.toHex() ?? null,
        one.inner?.name ?? null,
      ]);
      assert.deepEqual(valuesOf(encode(text), 5, rows.length), wanted);
    }),
    { numRuns: 400 },
  );
});

Deno.test("the scanner of rows refuses whatever is cut off or spoiled, and never hangs", () => {
  const text = written(
    {
      text: 'a"\\é',
      number: "1.5",
      json: '{"a":[1]}',
      raw: new Uint8Array([1]),
      inner: { name: "x" },
    },
    false,
    "",
    false,
  );
  const whole = encode(`[${text},${text}]`);
  assert.equal(scanPage(whole.slice(), SHAPE, 5).rows, 2);
  for (let end = 1; end < whole.length; end++) {
    assert.throws(() => scanPage(whole.slice(0, end), SHAPE, 5), NotRows);
  }
  const spoiled = fc.tuple(
    fc.nat(whole.length - 1),
    fc.constantFrom(...encode('"\\{}[],:nx0 ')),
  );
  fc.assert(
    fc.property(spoiled, ([at, byte]: [number, number]) => {
      const bytes = whole.slice();
      bytes[at] = byte;
      try {
        assert.ok(scanPage(bytes, SHAPE, 5).rows <= 3);
      } catch (thrown) {
        assert.ok(thrown instanceof NotRows, String(thrown));
      }
    }),
    { numRuns: 1000 },
  );
  for (
    const other of ["<html>", "{}", '[{"text":1}]', "[1,2]", '["a"', "[{}] x"]
  ) {
    assert.throws(() => scanPage(encode(other), SHAPE, 5), NotRows, other);
  }
});

const name = fc.oneof(
  fc.constantFrom("id", "total_2", "Größe", "a b", "x-y"),
  anyText.filter((text: string) => text.length > 0),
);
const quoted = (text: string): string =>
  `"${text.replaceAll(/["\\]/g, "\\$&")}"`;

Deno.test("select is read as it is written: aliases, casts, paths, aggregates and embeds to any depth", () => {
  type Written = { text: string; read: unknown };
  type Parts = { column: Written; embed: Written; item: Written };
  const { item } = fc.letrec<Parts>((tie) => ({
    column: fc.record({
      alias: fc.option(name),
      column: name,
      cast: fc.option(fc.constantFrom("text", "double precision")),
      arrow: fc.constantFrom("", "->", "->>"),
    }).map((
      one: {
        alias: string | null;
        column: string;
        cast: string | null;
        arrow: string;
      },
    ) => ({
      text: (one.alias === null ? "" : `${quoted(one.alias)}:`) +
        quoted(one.column) + (one.arrow && `${one.arrow}step`) +
        (one.cast === null ? "" : `::${one.cast}`),
      read: {
        kind: "column",
        name: one.alias ?? (one.arrow ? "step" : one.column),
        column: one.column,
        cast: one.cast,
        path: one.arrow === "" ? "none" : one.arrow === "->" ? "json" : "text",
        aggregate: null,
      },
    })),
    embed: fc.record({
      alias: fc.option(name),
      target: name,
      hint: fc.constantFrom("", "!inner", "!fk_name!left"),
      isSpread: fc.boolean(),
      items: fc.array(tie("item"), { minLength: 1, maxLength: 3 }),
    }).map((
      one: {
        alias: string | null;
        target: string;
        hint: string;
        isSpread: boolean;
        items: Written[];
      },
    ) => ({
      text: (one.isSpread ? "..." : "") +
        (one.alias === null ? "" : `${quoted(one.alias)}:`) +
        `${quoted(one.target)}${one.hint}(${
          one.items.map(({ text }) => text).join(", ")
        })`,
      read: {
        kind: "embed",
        name: one.alias ?? one.target,
        target: one.target,
        isSpread: one.isSpread,
        items: one.items.map(({ read }) => read),
      },
    })),
    item: fc.oneof(
      { maxDepth: 3 },
      tie("column"),
      fc.constant({ text: "*", read: { kind: "all" } }),
      tie("embed"),
    ),
  }));
  fc.assert(
    fc.property(
      fc.array(item, { minLength: 1, maxLength: 4 }),
      (items: Written[]) =>
        assert.deepEqual(
          parseSelect(items.map(({ text }) => text).join(",")),
          items.map(({ read }) => read),
        ),
    ),
    { numRuns: 400 },
  );
});

Deno.test("select of any text is read or refused with its place", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), (text: string) => {
      try {
        assert.ok(parseSelect(text).length > 0);
      } catch (thrown) {
        assert.ok(thrown instanceof OsirisError, String(thrown));
        assert.equal(thrown.code, "config/invalid");
        assert.match(thrown.message, /character \d+/);
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("filters come out as they went in, as a map and as a list, and all that are wrong are told at once", () => {
  const test = fc.tuple(
    fc.constantFrom("", "not."),
    fc.constantFrom("eq", "gt(any)", "fts(english)", "is", "ov"),
    anyText,
  ).map(([not, operator, value]: string[]) => `${not}${operator}.${value}`);
  const column = anyText.filter((text: string) =>
    text !== "" && !/=|(^|\.)(and|or)$|^__proto__$/.test(text)
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(column, test), {
        selector: ([one]: [string, string]) => one,
      }),
      (pairs: [string, string][]) => {
        const list = pairs.map(([one, value]) => `${one}=${value}`);
        assert.deepEqual(readFilters(list), pairs);
        const map = readFilters(Object.fromEntries(pairs));
        // A map has keys that look like numbers first.
        const sorted = (all: readonly (readonly string[])[]) =>
          all.map((pair) => pair.join("=")).sort();
        assert.deepEqual(sorted(map), sorted(pairs));
      },
    ),
  );
  assert.throws(
    () => readFilters({ a: "5", b: "eqq.1", or: "a.eq.1", c: "eq.1" }),
    (error: OsirisError) =>
      error.faults?.map(({ path }) => path).join() ===
        "filter.a,filter.b,filter.or",
  );
});

Deno.test("lists become arrays of PostgreSQL, any text in them", () => {
  const array = /^\{(.*)\}$/s;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(null), awkward, fc.integer())),
      (list: (string | number | null)[]) => {
        const json = JSON.stringify(list);
        assert.ok(isList(encode(json), 0, encode(json).length));
        const [, inside] = array.exec(
          listLiteral(json, parsePgType("text[]")),
        )!;
        const parts = inside.match(/"(?:[^"\\]|\\.)*"|[^,]+/gs) ?? [];
        const back = parts.map((part) =>
          part === "NULL"
            ? null
            : part.startsWith('"')
            ? part.slice(1, -1).replace(/\\(.)/gs, "$1")
            : Number(part)
        );
        assert.deepEqual(back, list);
      },
    ),
  );
  assert.equal(
    listLiteral("[[1.50,2],[null,4]]", parsePgType("numeric[]")),
    "{{1.50,2},{NULL,4}}",
  );
});

Deno.test("Retry-After is read as seconds and as a date, and nothing else", () => {
  const now = Date.UTC(2024, 0, 1);
  assert.equal(retryAfter("3", now), 3000);
  assert.equal(retryAfter("Mon, 01 Jan 2024 00:00:05 GMT", now), 5000);
  assert.equal(retryAfter("Mon, 01 Jan 2023 00:00:05 GMT", now), 0);
  assert.equal(retryAfter("soon", now), null);
  assert.equal(retryAfter(null, now), null);
});
