/** What `filesystem.csv_extractor` makes of a file, and what it refuses. */
import assert from "node:assert/strict";
import { assertTable, columnsOf, rowsOf } from "../kit/assert_table.ts";
import { readCsvText } from "../kit/csv.ts";
import csvExtractor from "../../drivers/filesystem/csv_extractor.ts";
import type { InputFile } from "../../src/driver/driver.ts";
import { concat, drive } from "../kit/drive.ts";
import type { Cell } from "../kit/table.ts";

const encoder = new TextEncoder();

/** The rows of a text without a header, all as text. */
async function textRows(
  text: string | Uint8Array,
  config: Record<string, unknown> = {},
): Promise<Cell[][]> {
  const { batches } = await readCsvText(text, {
    header: false,
    infer: "none",
    ...config,
  });
  return rowsOf(batches);
}

Deno.test("csv_extractor finds fields, whatever ends the rows", async () => {
  const rows = [["a", "b"], ["c", null], [null, "d e"]];
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = ["a,b", "c,", ",d e"].join(end);
    assert.deepEqual(await textRows(text), rows);
    assert.deepEqual(await textRows(text + end), rows);
  }
});

Deno.test("csv_extractor reads quoted fields as RFC 4180 has them", async () => {
  assert.deepEqual(
    await textRows('"a","b ""c""","d,e"\n"f\ng","h\r\ni",""\n"""",j"k, l \n'),
    [["a", 'b "c"', "d,e"], ["f\ng", "h\r\ni", ""], ['"', 'j"k', " l "]],
  );
});

Deno.test("csv_extractor reads the same at every chunk boundary", async () => {
  const text = 'id,né,n\r\n1,"x ""y""\r\nz",2.50\r\n\r\n2,"",\r\n3,žluť,10.00';
  const { batches } = await readCsvText(text);
  const expected = rowsOf(batches);
  assertTable(batches, ["id: int64", "né: utf8", "n: decimal(18,2)"], [
    [1n, 'x "y"\r\nz', 250n],
    [2n, "", null],
    [3n, "žluť", 1000n],
  ]);
  for (
    let chunkBytes = 1;
    chunkBytes < encoder.encode(text).length;
    chunkBytes++
  ) {
    const { batches } = await readCsvText(text, {}, { chunkBytes });
    assert.deepEqual(rowsOf(batches), expected, `${chunkBytes}`);
  }
});

Deno.test("csv_extractor tells NULL from the empty text", async () => {
  const { batches } = await readCsvText('a,b\n,1\n"",2\nx,\n');
  assertTable(batches, ["a: utf8", "b: int64"], [[null, 1n], ["", 2n], [
    "x",
    null,
  ]]);
});

Deno.test("csv_extractor infers only what can be written back the same", async () => {
  const columns: Record<string, string[]> = {
    "int64": ["1", "-5", "9223372036854775807", "0"],
    "uint64": ["1", "18446744073709551615"],
    "decimal(18,2)": ["1.50", "0.05", "-12.00"],
    "decimal(38,2)": ["1.50", "12345678901234567890.05"],
    "float64": ["1.5", "0.25", "3", "-1e-7", "1e+21", "-12", "0", "-0", "0.5"],
    "bool": ["true", "false"],
    "date": ["2024-02-29", "0001-01-01"],
    "timestamp": ["2024-02-29 12:00:00", "2024-02-29 12:00:00.000001"],
    "timestamp_utc": ["2024-02-29 12:00:00Z", "2024-02-29 12:00:00.500000Z"],
  };
  for (const [type, values] of Object.entries(columns)) {
    const { batches } = await readCsvText(
      `c,d\n${values.map((v) => `${v},\n`).join("")},\n`,
    );
    assert.deepEqual(
      columnsOf(batches[0]),
      [`c: ${type}`, "d: utf8"],
      values.join(),
    );
    assert.equal(batches[0].schema.fields[0].nullable, true);
  }
  const texts = [
    ["00123"],
    ["+1"],
    ["1", "01"],
    ["-0", "1.50"],
    ["1", "1.0"],
    ["1.5", "1.50"],
    ["1.5", "0.25", "3", "4.0"],
    ["1.5", "0.25", "3", "4", "05"],
    ["1.5", "0.25", "3", "4", "12345678901234567"],
    ["1.5", "0.25", "3.0", "4"],
    ["18446744073709551616"],
    ["-1", "9223372036854775808"],
    ["1E5"],
    ["1e5"],
    [" 1"],
    ["1 "],
    ["0x1"],
    ["1_000"],
    ["1,5"],
    ["NA"],
    ["NaN"],
    ["Infinity"],
    ["null"],
    ["True"],
    ["true", "1"],
    ["yes"],
    ["2024-02-30"],
    ["2024-1-1"],
    ["2024-02-29T12:00:00"],
    ["2024-02-29 12:00:00.5"],
    ["2024-02-29 12:00:00.000000"],
    ["2024-02-29 12:00:00.000001", "2024-02-29 12:00:00.000000"],
    ["2024-02-29 12:00:00.000001", "2024-02-29 12:00:00.12345x"],
    ["2024-02-29 12:00:00.000001", "2024-02-29 12:00:00x123456"],
    ["2024-02-29 12:00:00.000001", "2024-02-29 12:00:00.1234Z"],
    ["2024-02-29 12:00:00.000001Z", "2024-02-29 12:00:00.0000001"],
    ["2024-02-29", "2024-02-29 12:00:00"],
    ["12:00:00"],
    ["0.1234567890123456789012345678901234567890"],
    ["--1"],
    ["-"],
    ["."],
    ["1."],
    [".5"],
    ["1", "x"],
    ["1", "true"],
    ["-0.00", "1.00"],
  ];
  for (const values of texts) {
    const { batches } = await readCsvText(
      `c;d\n${values.map((v) => `${v};\n`).join("")}`,
      { delimiter: ";" },
    );
    assert.deepEqual(
      columnsOf(batches[0]),
      ["c: utf8", "d: utf8"],
      values.join(),
    );
    assert.deepEqual(rowsOf(batches).map(([c]) => c), values);
  }
});

Deno.test("csv_extractor takes a type from the last row as seriously as from the first", async () => {
  const rows = Array.from({ length: 70_000 }, (_, i) => `${i + 1},${i}.5\n`)
    .join("");
  const { batches } = await readCsvText(`a,b\n${rows}007,x\n`, {
    chunk_size: 10_000,
  });
  assert.deepEqual(columnsOf(batches[0]), ["a: utf8", "b: utf8"]);
  assert.deepEqual(batches.map(({ length }) => length), [
    10_000,
    10_000,
    10_000,
    10_000,
    10_000,
    10_000,
    10_000,
    1,
  ]);
  assert.deepEqual(rowsOf([batches[7]]), [["007", "x"]]);
});

Deno.test("csv_extractor reads a file that can be opened only once by its beginning", async () => {
  const rows = Array.from({ length: 600_000 }, (_, i) => `${i},abcde\n`).join(
    "",
  );
  const once = { canReopen: false };
  const { batches } = await readCsvText(`a,b\n${rows}`, {}, once);
  assert.deepEqual(columnsOf(batches[0]), ["a: int64", "b: utf8"]);
  assert.equal(batches[0].schema.fields[0].nullable, true);
  assert.equal(rowsOf(batches).length, 600_000);
  await assert.rejects(readCsvText(`a,b\n${rows}x,y\n`, {}, once), {
    code: "data/type",
    details: { path: "memory", line: 600_002, row: 600_001, column: "a" },
  });
  await assert.rejects(readCsvText(`a,b\n${rows}x,y\n`, { infer: "sample" }), {
    code: "data/type",
  });
  const full = await readCsvText(`a,b\n${rows}x,y\n`);
  assert.deepEqual(columnsOf(full.batches[0]), ["a: utf8", "b: utf8"]);
});

Deno.test("csv_extractor takes types from dtype and refuses what isn't of them", async () => {
  const dtype = { a: "utf8", b: "decimal(10,3)", c: "float", d: "datetime" };
  const { batches } = await readCsvText(
    "a,b,c,d\n1,2.5,3,2024-01-01T00:00:00\n",
    { dtype },
  );
  assertTable(batches, [
    "a: utf8",
    "b: decimal(10,3)",
    "c: float64",
    "d: timestamp",
  ], [
    ["1", 2500n, 3, 1704067200000000n],
  ]);
  await assert.rejects(
    readCsvText('a\n1\n"x\ny"\n\n2.5\n', { dtype: { a: "int8" } }),
    {
      code: "data/type",
      details: { path: "memory", line: 3, row: 2, column: "a" },
    },
  );
  await assert.rejects(readCsvText("a\n1\n", { dtype: { a: "strnig" } }), {
    code: "config/invalid",
    hint: 'Did you mean "string"?',
  });
  await assert.rejects(readCsvText("aa\n1\n", { dtype: { ab: "int8" } }), {
    code: "data/missing-column",
    hint: 'Did you mean "aa"?',
  });
});

Deno.test("csv_extractor keeps Python's notation of floats", async () => {
  const { batches } = await readCsvText("a\n3.0\n2.75\n1e-05\n-0.0\n1e+16\n");
  assertTable(batches, ["a: float64"], [[3], [2.75], [1e-5], [-0], [1e16]]);
  assert.deepEqual(batches[0].schema.fields[0].metadata, {
    "csv.float": "python",
  });
});

Deno.test("csv_extractor gives the columns asked for, in that order", async () => {
  const { batches } = await readCsvText("a,b,c\n1,2,3\n", {
    columns: ["c", 0],
  });
  assertTable(batches, ["c: int64", "a: int64"], [[3n, 1n]]);
  await assert.rejects(readCsvText("a,b\n1,2\n", { columns: ["B"] }), {
    code: "data/missing-column",
    hint: 'Did you mean "b"?',
  });
  await assert.rejects(readCsvText("a,b\n1,2\n", { columns: [2] }), {
    code: "data/missing-column",
  });
});

Deno.test("csv_extractor finds the header where it is", async () => {
  assertTable((await readCsvText("a,b\n1,2\n", { header: false })).batches, [
    "0: utf8",
    "1: utf8",
  ], [["a", "b"], ["1", "2"]]);
  assertTable(
    (await readCsvText("junk\n\nx,y,z\na,b\n1,2\n", { header: 2 })).batches,
    ["a: int64", "b: int64"],
    [[1n, 2n]],
  );
  assertTable(
    (await readCsvText('say "\n\na,b\n1,2\n', { skip_rows: 2 })).batches,
    ["a: int64", "b: int64"],
    [[1n, 2n]],
  );
  assertTable((await readCsvText("\n\na,\n1,2\n")).batches, [
    "a: int64",
    ": int64",
  ], [[1n, 2n]]);
  await assert.rejects(readCsvText("a,b,a\n1,2,3\n"), {
    code: "data/duplicate-column",
  });
});

Deno.test("csv_extractor reads at most the rows of limit, and no further", async () => {
  const text = "a\n1\n2\nx\n";
  assertTable((await readCsvText(text, { limit: 2 })).batches, ["a: int64"], [[
    1n,
  ], [2n]]);
  assertTable((await readCsvText(text, { limit: 0 })).batches, ["a: utf8"], []);
  assertTable(
    (await readCsvText(text, {}, { context: { sampleRows: 1 } })).batches,
    ["a: int64"],
    [[1n]],
  );
});

Deno.test("csv_extractor parses dates as told", async () => {
  const text = "a,b\n2024-01-01T00:00:00,2024-01-01\n";
  assert.deepEqual(columnsOf((await readCsvText(text)).batches[0]), [
    "a: utf8",
    "b: date",
  ]);
  assert.deepEqual(
    columnsOf((await readCsvText(text, { parse_dates: true })).batches[0]),
    ["a: timestamp", "b: date"],
  );
  assert.deepEqual(
    columnsOf((await readCsvText(text, { parse_dates: false })).batches[0]),
    ["a: utf8", "b: utf8"],
  );
  assert.deepEqual(
    columnsOf((await readCsvText(text, { parse_dates: ["a"] })).batches[0]),
    ["a: timestamp", "b: utf8"],
  );
  await assert.rejects(readCsvText("a\nx\n", { parse_dates: ["a"] }), {
    code: "data/type",
  });
  await assert.rejects(readCsvText("a\nx\n", { parse_dates: ["b"] }), {
    code: "data/missing-column",
  });
});

Deno.test("csv_extractor takes na_values for NULL, but not in quotes", async () => {
  const { batches } = await readCsvText('a,b\n1,NA\nNA,"NA"\n3,-\n', {
    na_values: ["NA", "-"],
  });
  assertTable(batches, ["a: int64", "b: utf8"], [[1n, null], [null, "NA"], [
    3n,
    null,
  ]]);
});

Deno.test("csv_extractor skips comments and blank lines", async () => {
  const text = "# c\na,b\n\n1,#2\n#x,y\n3,4\n";
  assertTable((await readCsvText(text, { comment: "#" })).batches, [
    "a: int64",
    "b: utf8",
  ], [[1n, "#2"], [3n, "4"]]);
  const kept = await readCsvText("a,b\n\n1,2\n", { skip_blank_lines: false });
  assertTable(kept.batches, ["a: int64", "b: int64"], [[null, null], [1n, 2n]]);
  assertTable((await readCsvText("a\n1\n\n2\n")).batches, ["a: int64"], [[1n], [
    null,
  ], [2n]]);
});

Deno.test("csv_extractor reads other characters for delimiter, quote and escape", async () => {
  const config = { delimiter: "\t", quote: "'", escape: "\\" };
  assert.deepEqual(await textRows("a\\\tb\t'c''d\\'e\tf'\tg\\\\\n", config), [[
    "a\tb",
    "c'd'e\tf",
    "g\\",
  ]]);
  assert.deepEqual(await textRows('"a,"b\n', { quoting: "none" }), [[
    '"a',
    '"b',
  ]]);
  for (const clash of [{ delimiter: '"' }, { escape: "," }, { comment: "," }]) {
    await assert.rejects(textRows("a", clash), { code: "config/invalid" });
  }
  assert.deepEqual(await textRows('"a""b"\n', { escape: '"' }), [['a"b']]);
});

Deno.test("csv_extractor refuses a ragged row with its line number", async () => {
  const text = 'a,b\n1,"x\ny"\n\n2\n3,4\n5,6,7\n';
  await assert.rejects(readCsvText(text), {
    code: "data/ragged",
    details: { path: "memory", line: 5, row: 2, fields: 1 },
  });
  for (const chunkBytes of [1, 2, 3, 5, 1000]) {
    const warned = await readCsvText(text, { on_bad_lines: "warn" }, {
      chunkBytes,
    });
    assertTable(warned.batches, ["a: int64", "b: utf8"], [[1n, "x\ny"], [
      3n,
      "4",
    ]]);
    assert.deepEqual(warned.accounted, { rejected: 2 });
    assert.equal(warned.logs.length, 3);
    const skipped = await readCsvText(text, { on_bad_lines: "skip" }, {
      chunkBytes,
    });
    assert.equal(skipped.logs.length, 1);
    assert.equal(rowsOf(skipped.batches).length, 2);
  }
});

Deno.test("csv_extractor refuses a quote that is never closed, with the line it opens on", async () => {
  const fault = { code: "data/quote", details: { path: "memory", line: 3 } };
  for (const chunkBytes of [1, 4, 1000]) {
    await assert.rejects(
      readCsvText('a,b\n1,2\n3,"x\ny,z\n', {}, { chunkBytes }),
      fault,
    );
    await assert.rejects(
      readCsvText('a,b\n1,2\n"x', {}, { chunkBytes }),
      fault,
    );
    await assert.rejects(
      readCsvText('a,b\n1,2\n3,"x"y\n', {}, { chunkBytes }),
      fault,
    );
  }
  await assert.rejects(readCsvText('"a'), {
    code: "data/quote",
    details: { path: "memory", line: 1 },
  });
});

Deno.test("csv_extractor refuses what isn't text, with line and offset", async () => {
  const bad = (bytes: number[], at: number): Promise<void> =>
    assert.rejects(
      readCsvText(concat([encoder.encode("a,b\n1,"), Uint8Array.from(bytes)])),
      {
        code: "data/encoding",
        details: { path: "memory", line: 2, offset: 6 + at },
      },
    );
  await bad([0, 10], 0);
  await bad([0x61, 0xff, 10], 1);
  await bad([0xc3], 0);
  await bad([0xc3, 10], 0);
  await bad([0xed, 0xa0, 0x80], 0);
  await bad([0xe0, 0x80, 0x80], 0);
  await bad([0xf4, 0x90, 0x80, 0x80], 0);
  await bad([0xc0, 0xaf], 0);
  await assert.rejects(
    readCsvText(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0)),
    { code: "data/encoding" },
  );
});

Deno.test("csv_extractor reads every encoding, with a byte order mark or without", async () => {
  const text = "a,é\n1,žluť 😀\n";
  const utf16 = (isLittle: boolean, mark: string): Uint8Array => {
    const bytes = new Uint8Array(2 * (mark + text).length);
    const view = new DataView(bytes.buffer);
    [...(mark + text).split("")].forEach((unit, i) =>
      view.setUint16(2 * i, unit.charCodeAt(0), isLittle)
    );
    return bytes;
  };
  const rows = [[1n, "žluť 😀"]];
  const cases: [string, Uint8Array][] = [
    ["utf-8", encoder.encode("\ufeff" + text)],
    ["utf-8-sig", encoder.encode("\ufeff" + text)],
    ["utf-16", utf16(true, "\ufeff")],
    ["utf-16", utf16(false, "\ufeff")],
    ["utf-16", utf16(true, "")],
    ["utf-16le", utf16(true, "")],
    ["utf-16be", utf16(false, "")],
  ];
  for (const [encoding, bytes] of cases) {
    for (const chunkBytes of [1, 3, 1000]) {
      const { batches } = await readCsvText(bytes, { encoding }, {
        chunkBytes,
      });
      assertTable(batches, ["a: int64", "é: utf8"], rows);
    }
  }
  const latin = Uint8Array.of(0x61, 10, 0xe9, 0x80, 10);
  assertTable((await readCsvText(latin, { encoding: "latin-1" })).batches, [
    "a: utf8",
  ], [["é\u0080"]]);
  await assert.rejects(readCsvText(latin, { encoding: "ascii" }), {
    code: "data/encoding",
  });
  await assert.rejects(
    readCsvText(utf16(true, "").subarray(1), { encoding: "utf-16" }),
    { code: "data/encoding" },
  );
});

Deno.test("csv_extractor reads compressed files, and says when one is damaged", async () => {
  const text = "a,b\n1,2\n";
  const gzip = new Uint8Array(
    await new Response(
      new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")),
    ).arrayBuffer(),
  );
  const rows = [[1n, 2n]];
  assertTable((await readCsvText(gzip, { compression: "gzip" })).batches, [
    "a: int64",
    "b: int64",
  ], rows);
  for (const chunkBytes of [1, 1000]) {
    const { batches } = await readCsvText(
      concat([gzip, gzip]),
      { compression: "gzip", header: false, infer: "none" },
      { chunkBytes },
    );
    assert.equal(rowsOf(batches).length, 4, "one member after another");
  }
  await assert.rejects(
    readCsvText(gzip.subarray(0, 12), { compression: "gzip" }),
    { code: "data/syntax" },
  );
  await assert.rejects(readCsvText(text, { compression: "gzip" }), {
    code: "data/syntax",
  });
  await assert.rejects(readCsvText(text, { compression: "zip" }), {
    code: "data/syntax",
  });
});

/** A zip archive of these files, stored or deflated. */
async function zipOf(
  files: Readonly<Record<string, string>>,
  method: 0 | 8,
): Promise<Uint8Array> {
  const locals: Uint8Array[] = [], directory: Uint8Array[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = encoder.encode(path), plain = encoder.encode(text);
    const packed = new Blob([plain]).stream().pipeThrough(
      new CompressionStream("deflate-raw"),
    );
    const data = method === 0
      ? plain
      : new Uint8Array(await new Response(packed).arrayBuffer());
    const facts = [method, 0, 0, 0, 0, data.length, 0, plain.length, 0];
    const local = concat([
      words(0x4b50, 0x0403, 20, 8, ...facts, name.length, 0),
      name,
      data,
    ]);
    locals.push(local);
    directory.push(concat([
      words(0x4b50, 0x0201, 20, 20, 8, ...facts, name.length, 0, 0, 0, 0),
      words(0, 0, offset, 0),
      name,
    ]));
    offset += local.length;
  }
  const table = concat(directory), count = directory.length;
  return concat([
    ...locals,
    table,
    words(0x4b50, 0x0605, 0, 0, count, count, table.length, 0, offset, 0, 0),
  ]);
}

/** 16-bit numbers, low byte first. */
function words(...numbers: number[]): Uint8Array {
  return new Uint8Array(Uint16Array.from(numbers).buffer);
}

Deno.test("csv_extractor reads the only file of a zip archive", async () => {
  const zip = { compression: "zip" };
  for (const method of [0, 8] as const) {
    const bytes = await zipOf({ "in/": "", "in/x.csv": "a\n1\n" }, method);
    for (const chunkBytes of [1, 1000]) {
      const { batches } = await readCsvText(bytes, zip, { chunkBytes });
      assertTable(batches, ["a: int64"], [[1n]]);
    }
    for (let cut = 0; cut < bytes.length; cut += 7) {
      await assert.rejects(readCsvText(bytes.subarray(0, cut), zip), {
        code: "data/syntax",
      });
    }
  }
  await assert.rejects(
    readCsvText(await zipOf({ "x.csv": "a\n", "y.csv": "b\n" }, 8), zip),
    { code: "data/syntax" },
  );
});

Deno.test("csv_extractor takes compression from the path, or says that it can't", async () => {
  const read = (path: string): Promise<unknown> =>
    drive(csvExtractor, {
      config: { path },
      sources: {
        source: {
          path,
          size: 0,
          canReopen: true,
          async *open() {},
        },
      },
    });
  await assert.rejects(read("x.csv.gz"), { code: "data/syntax" });
  await assert.rejects(read("x.ZIP"), { code: "data/syntax" });
  await assert.rejects(read("x.csv.bz2"), { code: "config/invalid" });
  await read("x.csv");
});

Deno.test("csv_extractor closes a compressed file when it has read enough", async () => {
  const text = `a\n${"1\n2\n3\n".repeat(1_000_000)}`;
  const packed = new Blob([text]).stream().pipeThrough(
    new CompressionStream("gzip"),
  );
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  const { batches } = await readCsvText(
    bytes,
    { compression: "gzip", limit: 2 },
    { chunkBytes: 100 },
  );
  assertTable(batches, ["a: int64"], [[1n], [2n]]);
});

Deno.test("csv_extractor reads an empty file as a table of nothing", async () => {
  for (const text of ["", "\n\n", "\ufeff"]) {
    assertTable((await readCsvText(text)).batches, [], []);
  }
  assertTable((await readCsvText("a,b")).batches, ["a: utf8", "b: utf8"], []);
});

Deno.test("csv_extractor reads a cell of 50 MB and refuses a row without end", async () => {
  const cell = "x".repeat(50_000_000);
  const { batches } = await readCsvText(`a,b\n1,"${cell}"\n2,y\n`);
  assert.deepEqual(batches.map(({ length }) => length), [2]);
  const [, column] = batches[0].columns;
  assert.deepEqual([...column.offsets!], [0, 50_000_000, 50_000_001]);
});

Deno.test("csv_extractor refuses a row without end before memory does", async () => {
  let bytes = 0;
  const endless: InputFile = {
    path: "endless.csv",
    size: null,
    canReopen: false,
    async *open() {
      yield encoder.encode('a,b\n1,2\n3,"');
      for (const chunk = new Uint8Array(1 << 20).fill(120);; bytes += 1 << 20) {
        yield chunk;
      }
    },
  };
  const reading = drive(csvExtractor, {
    config: { path: "endless.csv" },
    sources: { source: endless },
  });
  await assert.rejects(reading, {
    code: "data/too-large",
    details: { path: "endless.csv", line: 3 },
  });
  assert.ok(bytes < 140 << 20);
});
