/** What `filesystem.csv_writer` makes of a table, and what it refuses. */
import assert from "node:assert/strict";
import { decimal, types } from "../../src/table/type.ts";
import { assertTable } from "../kit/assert_table.ts";
import { readCsvText, writeCsvBytes, writeCsvText } from "../kit/csv.ts";
import { drive } from "../kit/drive.ts";
import csvWriter from "../../drivers/filesystem/csv_writer.ts";
import { batchOf, type ColumnSpec } from "../kit/table.ts";

const orders = batchOf(
  ["id", types.int64, [1n, null, 9007199254740993n]],
  ["note", types.utf8, ["plain", "", null]],
  ["price", decimal(10, 2), [150n, -5n, null]],
  ["at", types.timestamp, [0n, null, 1n]],
);

Deno.test("csv_writer writes NULL as nothing and the empty text in quotes", async () => {
  assert.equal(
    await writeCsvText([orders]),
    'id,note,price,at\n1,plain,1.50,1970-01-01 00:00:00\n,"",-0.05,\n9007199254740993,,,1970-01-01 00:00:00.000001\n',
  );
});

Deno.test("csv_writer quotes what must be, and all or nothing when told", async () => {
  const batch = batchOf(["a", types.int32, [1, 2]], ["b", types.utf8, [
    'x "y"',
    "l\nm",
  ]], ["c", types.bool, [true, null]]);
  const cases: Record<string, string> = {
    minimal: 'a,b,c\n1,"x ""y""",true\n2,"l\nm",\n',
    all: '"a","b","c"\n"1","x ""y""","true"\n"2","l\nm",\n',
    nonnumeric: '"a","b","c"\n1,"x ""y""","true"\n2,"l\nm",\n',
  };
  for (const [quoting, text] of Object.entries(cases)) {
    assert.equal(await writeCsvText([batch], { quoting }), text);
  }
  await assert.rejects(writeCsvText([batch], { quoting: "none" }), {
    code: "data/lossy",
    details: { row: 2, column: "b" },
  });
  assert.equal(
    await writeCsvText([batch], { quoting: "none", escape: "\\" }),
    'a,b,c\n1,x "y",true\n2,l\\\nm,\n',
  );
  assert.equal(
    await writeCsvText([batch], { quote: "'", delimiter: ";" }),
    "a;b;c\n1;x \"y\";true\n2;'l\nm';\n",
  );
});

Deno.test("csv_writer quotes numbers whose text holds the delimiter", async () => {
  const batch = batchOf(["a", types.float64, [-1.5, 2]], ["b", types.date, [
    0,
    null,
  ]]);
  assert.equal(
    await writeCsvText([batch], { delimiter: "-" }),
    'a-b\n"-1.5"-"1970-01-01"\n"2"-\n',
  );
});

Deno.test("csv_writer ends rows and sorts columns as told", async () => {
  const batch = batchOf(["b", types.int8, [1]], ["a", types.int8, [2]], [
    "\u{ffff}",
    types.int8,
    [3],
  ], ["\u{1f600}", types.int8, [4]]);
  assert.equal(
    await writeCsvText([batch], { newline: "crlf" }),
    "b,a,\u{ffff},\u{1f600}\r\n1,2,3,4\r\n",
  );
  assert.equal(
    await writeCsvText([batch], { newline: "cr", header: false }),
    "1,2,3,4\r",
  );
  assert.equal(
    await writeCsvText([batch], { sort_columns: true }),
    "a,b,\u{ffff},\u{1f600}\n2,1,3,4\n",
  );
});

Deno.test("csv_writer writes bytes as hex or base64, and tells none from NULL", async () => {
  const batch = batchOf(["a", types.binary, [
    Uint8Array.of(0, 255, 62),
    Uint8Array.of(),
    null,
    Uint8Array.of(1),
    Uint8Array.of(1, 2),
  ]], ["b", types.int8, [1, 2, 3, 4, 5]]);
  assert.equal(
    await writeCsvText([batch]),
    'a,b\n"00ff3e",1\n"",2\n,3\n"01",4\n"0102",5\n',
  );
  assert.equal(
    await writeCsvText([batch], { binary: "base64" }),
    'a,b\n"AP8+",1\n"",2\n,3\n"AQ==",4\n"AQI=",5\n',
  );
});

Deno.test("csv_writer writes a header for a table without rows, and nothing without columns", async () => {
  assert.equal(
    await writeCsvText([batchOf(["a", types.int8, []], ["", types.int8, []])]),
    'a,""\n',
  );
  assert.equal(await writeCsvText([batchOf()]), "");
});

Deno.test("csv_writer writes every encoding, and refuses what one doesn't have", async () => {
  const batch = batchOf(["é", types.utf8, ["ÿ\u0080", null, "a,b"]]);
  const hex = async (encoding: string): Promise<string> =>
    (await writeCsvBytes([batch], { encoding, header: false })).toHex();
  assert.equal(await hex("utf-8"), "c3bfc2800a0a22612c62220a");
  assert.equal(await hex("utf-8-sig"), "efbbbfc3bfc2800a0a22612c62220a");
  assert.equal(await hex("latin-1"), "ff800a0a22612c62220a");
  assert.equal(
    await hex("utf-16"),
    "fffeff0080000a000a00220061002c00620022000a00",
  );
  assert.equal(
    await hex("utf-16be"),
    "00ff0080000a000a00220061002c00620022000a",
  );
  await assert.rejects(hex("ascii"), {
    code: "data/encoding",
    details: { row: 1, column: "é" },
  });
  await assert.rejects(writeCsvText([batch], { encoding: "ascii" }), {
    code: "data/encoding",
    details: { row: 0, column: "é" },
  });
  const later = [batch, batchOf(["é", types.utf8, ["x", "ě"]])];
  await assert.rejects(writeCsvText(later, { encoding: "latin-1" }), {
    code: "data/encoding",
    details: { row: 5, column: "é" },
  });
});

Deno.test("csv_writer compresses by the ending of the path", async () => {
  const { written } = await drive(csvWriter, {
    config: { path: "x", compression: "gzip" },
    inputs: { df: [orders] },
    targets: { target: null },
  });
  const { batches } = await readCsvText(written.target, {
    compression: "gzip",
  });
  assert.equal(await writeCsvText(batches), await writeCsvText([orders]));
});

Deno.test("csv_writer refuses duplicate columns, NUL and dates without a text", async () => {
  const refuse = (
    code: string,
    details: Record<string, unknown>,
    ...columns: ColumnSpec[]
  ): Promise<void> =>
    assert.rejects(writeCsvText([batchOf(...columns)]), { code, details });
  await refuse("data/duplicate-column", { column: "a" }, [
    "a",
    types.int8,
    [1],
  ], ["a", types.int8, [1]]);
  await refuse("data/lossy", { row: 2, column: "a" }, ["a", types.utf8, [
    "x",
    "\0",
  ]]);
  await refuse("data/lossy", { row: 1, column: "d" }, ["d", types.date, [
    3_000_000,
  ]]);
  await refuse("data/lossy", { row: 1, column: "t" }, ["t", types.timestamp, [
    2n ** 62n,
  ]]);
});

Deno.test("csv_writer gives a single column with NULL a form that reads back", async () => {
  const batch = batchOf(["a", types.utf8, [null, "", null, "x", null]]);
  const text = await writeCsvText([batch]);
  assert.equal(text, 'a\n\n""\n\nx\n\n');
  assertTable((await readCsvText(text)).batches, ["a: utf8"], [
    [null],
    [""],
    [null],
    ["x"],
    [null],
  ]);
});

Deno.test("csv_writer writes many batches in blocks of any size", async () => {
  const batches = Array.from(
    { length: 5 },
    (_, i) =>
      batchOf([
        "a",
        types.int32,
        Array.from({ length: 3000 }, (_, row) => i * 3000 + row),
      ], [
        "b",
        types.utf8,
        Array.from({ length: 3000 }, () => "é".repeat(100)),
      ]),
  );
  const expected = "a,b\n" +
    Array.from({ length: 15_000 }, (_, row) => `${row},${"é".repeat(100)}\n`)
      .join("");
  for (const size of [1, 7, 1000, 65_536]) {
    assert.equal(await writeCsvText(batches, { chunk_size: size }), expected);
  }
});
