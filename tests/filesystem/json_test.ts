/** The JSON drivers: what they read, write and refuse. */
import assert from "node:assert/strict";
import jsonExtractor from "../../drivers/filesystem/json_extractor.ts";
import jsonWriter from "../../drivers/filesystem/json_writer.ts";
import { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { decimal, formatType, types } from "../../src/table/type.ts";
import { fc } from "../deps/fast_check.ts";
import { anyBatch } from "../kit/arbitrary_table.ts";
import { assertTable, columnsOf, rowsOf } from "../kit/assert_table.ts";
import { drive, type Driven, type DriveOptions } from "../kit/drive.ts";
import { batchOf } from "../kit/table.ts";

type Config = Readonly<Record<string, unknown>>;

function read(
  content: string | Uint8Array,
  config: Config = {},
  options: DriveOptions = {},
): Promise<Driven> {
  const source = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  return drive(jsonExtractor, {
    ...options,
    config: { path: "in.jsonl", ...config },
    sources: { source },
  });
}

async function write(
  batches: readonly Batch[],
  config: Config = {},
): Promise<string> {
  const { written } = await drive(jsonWriter, {
    config: { path: "out.jsonl", ...config },
    inputs: { df: batches },
    targets: { target: null },
  });
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(written.target);
}

Deno.test("json_writer writes an object a line, every value in full", async () => {
  const batch = batchOf(
    ["id", types.int64, [9007199254740993n, null]],
    ["d", decimal(20, 2), [-150n, null]],
    ["f", types.float64, [1e21, -0]],
    ["t", types.utf8, ['a"\\\n\u0001é', ""]],
    ["b", types.bool, [true, null]],
    ["y", types.date, [0, null]],
    ["z", types.timestampUtc, [1n, null]],
    ["c", types.time, [-1_000_000n, null]],
    ["x", types.binary, [Uint8Array.of(255), Uint8Array.of()]],
    ["j", types.json, ['{ "k":\n[1] }', null]],
    ["n", types.null, [null, null]],
  );
  assert.equal(
    await write([batch]),
    '{"id":9007199254740993,"d":-1.50,"f":1e+21,"t":"a\\"\\\\\\n\\u0001é","b":true,"y":"1970-01-01","z":"1970-01-01T00:00:00.000001Z","c":"-00:00:01","x":"/w==","j":{ "k": [1] },"n":null}\n' +
      '{"id":null,"d":null,"f":-0,"t":"","b":null,"y":null,"z":null,"c":null,"x":"","j":null,"n":null}\n',
  );
  assert.match(await write([batch], { decimals: "string" }), /"d":"-1.50"/);
  const sorted = await write([
    batchOf(["b", types.int8, [1]], ["a", types.int8, [2]]),
  ], { sort_columns: true });
  assert.equal(sorted, '{"a":2,"b":1}\n');
  assert.equal(await write([batchOf(["a", types.int8, []])]), "");
});

Deno.test("json_writer refuses what JSON has no form for, with row and column", async () => {
  const details = { row: 2, column: "f" };
  await assert.rejects(write([batchOf(["f", types.float64, [1, NaN]])]), {
    code: "data/lossy",
    details,
  });
  await assert.rejects(write([batchOf(["f", types.json, ["1", "{"]])]), {
    code: "data/type",
    details,
  });
  await assert.rejects(
    write([batchOf(["f", types.int8, [1]], ["f", types.int8, [1]])]),
    { code: "data/duplicate-column" },
  );
});

Deno.test("json_extractor infers types and rounds nothing", async () => {
  const { batches } = await read(
    '{"id":9007199254740993,"u":18446744073709551615,"f":1,"s":"00123","b":true,"j":{"a":1},"big":123456789012345678901,"m":1,"n":null}\n' +
      '{"id":-1,"u":1,"f":2.50,"s":"\\u00e9\\ud83d\\ude00\\/\\n","b":false,"j":[ ],"big":1,"m":"x","n":null}\r\n\n' +
      '  {"f":1e-7,"s":"","late":5}',
  );
  assertTable(batches, [
    "id: int64",
    "u: uint64",
    "f: float64",
    "s: utf8",
    "b: bool",
    "j: json",
    "big: json",
    "m: json",
    "n: utf8",
    "late: int64",
  ], [
    [
      9007199254740993n,
      18446744073709551615n,
      1,
      "00123",
      true,
      '{"a":1}',
      "123456789012345678901",
      "1",
      null,
      null,
    ],
    [-1n, 1n, 2.5, "é😀/\n", false, "[ ]", "1", '"x"', null, null],
    [null, null, 1e-7, "", null, null, null, null, null, 5n],
  ]);
  assert.deepEqual(batches[0].schema.fields.map(({ nullable }) => nullable), [
    true,
    true,
    false,
    false,
    true,
    true,
    true,
    true,
    true,
    true,
  ]);
  const exact = await read('{"a":0.1234567890123456789}\n{"a":1}\n');
  assertTable(exact.batches, ["a: json"], [["0.1234567890123456789"], ["1"]]);
});

Deno.test("json_extractor reads an array of objects, on as many lines as it likes", async () => {
  const text = ' [\n {"a": 1,\n "b": "]}"}\n,{"b":"\\"", "a":2}]\n';
  for (const chunkBytes of [1, 2, 7, 1000]) {
    assertTable((await read(text, {}, { chunkBytes })).batches, [
      "a: int64",
      "b: utf8",
    ], [[1n, "]}"], [2n, '"']]);
  }
  assertTable((await read("[]")).batches, [], []);
  assertTable((await read("\ufeff")).batches, [], []);
  assertTable((await read('\ufeff{"a":1}')).batches, ["a: int64"], [[1n]]);
});

Deno.test("json_extractor takes columns, types, dates and a limit as told", async () => {
  const text =
    '{"a":"2024-01-01","b":"1.50","c":"/w==","d":3}\n{"a":"2024-01-02","b":"2","c":null,"d":4}\n{"d":"x"}\n';
  const { batches } = await read(text, {
    columns: ["d", "c", "b", "a"],
    dtype: { b: "decimal(5,2)", c: "binary", d: "text" },
    parse_dates: ["a"],
    limit: 2,
  });
  assertTable(batches, ["d: utf8", "c: binary", "b: decimal(5,2)", "a: date"], [
    ["3", Uint8Array.of(255), 150n, 19723],
    ["4", null, 200n, 19724],
  ]);
  assert.deepEqual(
    columnsOf((await read(text, { parse_dates: true })).batches[0]),
    ["a: date", "b: utf8", "c: utf8", "d: json"],
  );
  await assert.rejects(read(text, { columns: ["e"] }), {
    code: "data/missing-column",
  });
  await assert.rejects(read(text, { dtype: { d: "int64" } }), {
    code: "data/type",
    details: { path: "memory", line: 3, row: 3, column: "d" },
  });
  await assert.rejects(read('{"c":"*"}', { dtype: { c: "binary" } }), {
    code: "data/type",
  });
});

Deno.test("json_extractor refuses what isn't JSON, with its line", async () => {
  const refuse = async (
    text: string,
    code: string,
    line: number,
  ): Promise<void> => {
    for (const chunkBytes of [1, 1000]) {
      await assert.rejects(
        read(text, {}, { chunkBytes }),
        (thrown: OsirisError) => {
          assert.equal(thrown.code, code, text);
          assert.equal(thrown.details?.line, line, text);
          return true;
        },
      );
    }
  };
  await refuse('{"a":1}\n{"a":tru}\n', "data/syntax", 2);
  await refuse('{"a":1}\n[1]\n', "data/syntax", 2);
  await refuse('{"a":1}\n{"a":', "data/syntax", 2);
  await refuse("1\n", "data/syntax", 1);
  await refuse('{"a":01}', "data/syntax", 1);
  await refuse('[{"a":1}{"a":2}]', "data/syntax", 1);
  await refuse('[{"a":1},\n', "data/syntax", 2);
  await refuse('[{"a":1}]\n{}', "data/syntax", 2);
  await refuse('{"a":1}\n{"a":1,"a":2}', "data/duplicate-column", 2);
  await refuse('{"a":"x"}\n{"a":"\\ud800"}', "data/encoding", 2);
  await refuse('{"a":"\0"}', "data/encoding", 1);
  await assert.rejects(read(Uint8Array.of(0x7b, 0xff)), {
    code: "data/encoding",
  });
});

Deno.test("json_extractor reads a file that can be opened only once by its beginning", async () => {
  const rows = Array.from(
    { length: 300_000 },
    (_, i) => `{"a":${i},"b":"xyz"}\n`,
  ).join("");
  const once = { canReopen: false };
  assert.equal(rowsOf((await read(rows, {}, once)).batches).length, 300_000);
  await assert.rejects(read(`${rows}{"c":1}`, {}, once), { code: "data/type" });
  await assert.rejects(read(`${rows}{"a":"x"}`, {}, once), {
    code: "data/type",
  });
  assert.deepEqual(
    columnsOf((await read(`${rows}{"c":"x","a":1.5}`)).batches[0]),
    ["a: float64", "b: utf8", "c: utf8"],
  );
});

Deno.test("any table comes back from JSON as it was", async () => {
  const anyTable = anyBatch({ minColumns: 1 }).filter(({ schema, columns }) =>
    !columns.some(({ type, data }) =>
      (type.kind === "utf8" && (data as Uint8Array).includes(0)) ||
      (type.kind === "float" &&
        (data as Float64Array).some((x) => !Number.isFinite(x)))
    ) && schema.fields.every(({ name }) => !name.includes("\0"))
  );
  await fc.assert(
    fc.asyncProperty(
      anyTable,
      fc.constantFrom("number", "string"),
      fc.integer({ min: 1, max: 64 }),
      async (table, decimals, chunkBytes) => {
        if (table.length === 0) return; // JSON Lines of no rows say nothing of columns
        const text = await write([table], { decimals });
        const dtype = Object.fromEntries(
          table.schema.fields.map(({ name, type }) => [name, formatType(type)]),
        );
        const { batches } = await read(text, { dtype }, { chunkBytes });
        assert.deepEqual(columnsOf(batches[0]), columnsOf(table));
        // A JSON null is NULL; and a line end between tokens is a space.
        const expected = rowsOf([table]).map((row) =>
          row.map((cell, i) =>
            table.columns[i].type.kind === "json" &&
              (cell as string | null)?.trim() === "null"
              ? null
              : cell
          )
        );
        assert.deepEqual(rowsOf(batches), expected);
        for (const line of text.trimEnd().split("\n")) JSON.parse(line);
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("json_extractor means what JSON.parse does", async () => {
  const value = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const objects = fc.array(
    fc.dictionary(fc.string({ unit: "grapheme" }), value, { maxKeys: 4 }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(objects, fc.nat(3), async (rows, space) => {
      if (JSON.stringify(rows).includes("\\u0000")) return;
      const text = JSON.stringify(rows, null, space);
      const { batches } = await read(text);
      const names = batches[0].schema.fields.map(({ name }) => name);
      const seen = rowsOf(batches).map((cells) =>
        Object.fromEntries(
          cells.map((
            cell,
            i,
          ) => [names[i], plain(cell, batches[0].columns[i].type.kind)]),
        )
      );
      const expected = rows.map((row) =>
        Object.fromEntries(
          names.map((
            name,
          ) => [name, (Object.hasOwn(row, name) ? row[name] : null) ?? null]),
        )
      );
      assert.deepEqual(JSON.stringify(seen), JSON.stringify(expected));
    }),
    { numRuns: 500 },
  );
});

function plain(cell: unknown, kind: string): unknown {
  if (cell === null) return null;
  if (kind === "json") return JSON.parse(cell as string);
  return typeof cell === "bigint" ? Number(cell) : cell;
}

Deno.test("any bytes are read as JSON or refused, the same in chunks of any size", async () => {
  const soup = fc.oneof(
    fc.string({
      unit: fc.constantFrom(
        "{",
        "}",
        '"a"',
        ":",
        ",",
        "1",
        "[",
        "]",
        "null",
        " ",
        "\n",
        '"',
        "\\",
        '{"a":1}\n',
      ),
      maxLength: 30,
    }).map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 40 }),
  );
  const outcome = async (
    bytes: Uint8Array,
    chunkBytes: number,
  ): Promise<unknown> => {
    try {
      const { batches } = await read(bytes, {}, { chunkBytes });
      return [columnsOf(batches[0]), rowsOf(batches)];
    } catch (thrown) {
      assert.ok(thrown instanceof OsirisError, String(thrown));
      return [thrown.code, thrown.details];
    }
  };
  await fc.assert(
    fc.asyncProperty(
      soup,
      fc.integer({ min: 1, max: 7 }),
      async (bytes, chunkBytes) => {
        assert.deepEqual(
          await outcome(bytes, chunkBytes),
          await outcome(bytes, 1 << 20),
        );
      },
    ),
    { numRuns: 2000 },
  );
});
