/**
 * `@std/csv` behaves as the real one was recorded to, whole texts and streams
 * alike. The specifiers resolve to the stand-in here; without `links` in
 * deno.json the same tests hold the real one.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  CsvParseStream,
  CsvStringifyStream,
  parseCsv,
  stringifyCsv,
} from "../../src/deps/csv.ts";
import { csvParse } from "../deps/csv_parse.ts";
import { fc } from "../deps/fast_check.ts";

type Options = NonNullable<ConstructorParameters<typeof CsvParseStream>[0]>;
type Case = [what: string, text: string, options: Options, result: unknown];

async function streamed(text: string, options: Options): Promise<unknown[]> {
  // One code unit a chunk: every place where a chunk may end.
  const chunks = ReadableStream.from(text.split(""));
  return await Array.fromAsync(
    chunks.pipeThrough(new CsvParseStream(options)),
  );
}

const texts: Case[] = [
  ["CRLF and LF", "a,b\r\nc,d\n", {}, [["a", "b"], ["c", "d"]]],
  ["a lone CR within a field", "a\rb\r\n", {}, [["a\rb"]]],
  ["a last line without an end", "a,b", {}, [["a", "b"]]],
  ["a CR before the end", "a,b\r", {}, [["a", "b"]]],
  ["empty fields", ",\n", {}, [["", ""]]],
  ["nothing", "", {}, []],
  ["empty lines", "\r\na\n\n\nb\n\n", {}, [["a"], ["b"]]],
  ["quotes, separators, quoted ends", '"a ""b""","c,",""\n', {}, [
    ['a "b"', "c,", ""],
  ]],
  ["CRLF within quotes as LF", 'a,"b\r\n\r\nc"\r\n', {}, [["a", "b\n\nc"]]],
  ["another separator", '"a;";b\n', { separator: ";" }, [["a;", "b"]]],
  ["a long separator", "a, b||c", { separator: "||" }, [["a, b", "c"]]],
  ["comments", 'a\n#b,"\nc#\n', { comment: "#" }, [["a"], ["c#"]]],
  ["leading space", ' a,\t "b"', { trimLeadingSpace: true }, [["a", "b"]]],
  ["stray quotes", 'a "b","1"2",c"', { lazyQuotes: true }, [
    ['a "b"', '1"2', 'c"'],
  ]],
  ["ragged rows", "a\nb,c\n", {}, [["a"], ["b", "c"]]],
  ["a header", "a,b\n1,2\n", { skipFirstRow: true }, [{ a: "1", b: "2" }]],
  ["given columns", "1,2\n", { columns: ["a", "b"] }, [{ a: "1", b: "2" }]],
  [
    "given columns for a header",
    "a,b\n1,2\n",
    { skipFirstRow: true, columns: ["x", "y"] },
    [{ x: "1", y: "2" }],
  ],
];

for (const [what, text, options, rows] of texts) {
  Deno.test(`@std/csv reads ${what}`, async () => {
    assert.deepEqual(parseCsv(text, options), rows);
    assert.deepEqual(await streamed(text, options), rows);
  });
}

const refusals: Case[] = [
  [
    "a bare quote",
    'a,b\nc,d "e"',
    {},
    'Syntax error on line 2; parse error on line 2, column 5: bare " in non-quoted-field',
  ],
  [
    "text behind a closing quote",
    'x\n"é\n😀a"b\n',
    {},
    'Syntax error on line 2; parse error on line 3, column 3: extraneous or missing " in quoted-field',
  ],
  [
    "an open quote",
    'a,"b',
    {},
    'Syntax error on line 1; parse error on line 1, column 1: extraneous or missing " in quoted-field',
  ],
  [
    "a row longer than the first",
    "a,b\nc,d,e\n",
    { fieldsPerRecord: 0 },
    "Syntax error on line 2: expected 2 fields but got 3",
  ],
  [
    "a row of another length than asked for",
    "a\n",
    { fieldsPerRecord: 2 },
    "Syntax error on line 1: expected 2 fields but got 1",
  ],
  [
    "a row shorter than its header",
    "a,b\nc\n",
    { skipFirstRow: true },
    "Syntax error on line 2: The record has 1 fields, but the header has 2 fields",
  ],
];

for (const [what, text, options, message] of refusals) {
  Deno.test(`@std/csv refuses ${what} with its place`, async () => {
    const name = options.skipFirstRow ? "Error" : "SyntaxError";
    assert.throws(() => parseCsv(text, options), { name, message });
    await assert.rejects(streamed(text, options), { name, message });
  });
}

Deno.test("parseCsv() skips a byte-order mark", () => {
  assert.deepEqual(parseCsv("\ufeffa,b"), [["a", "b"]]);
});

Deno.test("parseCsv() refuses a separator that can't be told from the rest", () => {
  for (const separator of ['"', "\n", "\r"]) {
    assert.throws(() => parseCsv("a", { separator }), {
      message: "Cannot parse input: invalid delimiter",
    });
  }
});

Deno.test("CsvParseStream delivers the rows before a mistake", async () => {
  const rows = ReadableStream.from(['a,b\nc,d\ne"\n'])
    .pipeThrough(new CsvParseStream()).getReader();
  assert.deepEqual((await rows.read()).value, ["a", "b"]);
  assert.deepEqual((await rows.read()).value, ["c", "d"]);
  await assert.rejects(rows.read(), { name: "SyntaxError" });
});

Deno.test("CsvParseStream stops its source when it is cancelled", async () => {
  let cancelled = false;
  const source = new ReadableStream<string>({
    pull: (controller) => controller.enqueue("a,b\n"),
    cancel: () => {
      cancelled = true;
    },
  });
  for await (const row of source.pipeThrough(new CsvParseStream())) {
    assert.deepEqual(row, ["a", "b"]);
    break;
  }
  assert.equal(cancelled, true);
});

Deno.test("@std/csv reads what csv-parse reads", async () => {
  const text = fc.array(
    fc.constantFrom("a", "é", "😀", " ", ",", '"', '""', '","', "\n", '"\n'),
    { maxLength: 20 },
  ).map((parts) => parts.join(""));
  await fc.assert(fc.asyncProperty(text, async (text) => {
    const options = { "relax_column_count": true, "skip_empty_lines": true };
    let expected: unknown;
    try {
      expected = csvParse(text, options);
    } catch {
      // Both refuse the same texts, each with its own words.
      assert.throws(() => parseCsv(text), SyntaxError);
      await assert.rejects(streamed(text, {}), SyntaxError);
      return;
    }
    assert.deepEqual(parseCsv(text), expected);
    assert.deepEqual(await streamed(text, {}), expected);
  }));
});

Deno.test("stringifyCsv() quotes what holds a separator, a quote or a line feed", () => {
  assert.equal(
    stringifyCsv([["a,b", 'c"d', "e\nf", " g", "h\r", null, undefined, 1.5]]),
    '"a,b","c""d","e\nf", g,h\r,,,1.5\r\n',
  );
  assert.equal(
    stringifyCsv([["a;b", "c,d"]], { separator: ";" }),
    '"a;b";c,d\r\n',
  );
  assert.equal(stringifyCsv([[{ a: 1 }, [2]]]), '"{""a"":1}",[2]\r\n');
});

Deno.test("stringifyCsv() names the columns it is given", () => {
  const rows = [{ name: { first: "A" }, age: 1 }];
  const columns = [["name", "first"], { prop: "age", header: "years" }];
  assert.equal(stringifyCsv(rows, { columns }), "first,years\r\nA,1\r\n");
  assert.equal(stringifyCsv(rows, { columns, headers: false }), "A,1\r\n");
  assert.equal(stringifyCsv([["x", "y"]], { columns: [1] }), "1\r\ny\r\n");
});

Deno.test("stringifyCsv() begins with a byte-order mark when asked to", () => {
  assert.equal(stringifyCsv([["a"]], { bom: true }), "\ufeffa\r\n");
});

Deno.test("stringifyCsv() refuses objects without columns and odd separators", () => {
  assert.throws(() => stringifyCsv([{ a: 1 }]), {
    name: "TypeError",
    message: "No property accessor function was provided for object",
  });
  for (const separator of ['"', "\r\n"]) {
    assert.throws(() => stringifyCsv([["a"]], { separator }), TypeError);
  }
});

Deno.test("CsvStringifyStream writes one chunk a row, the columns first", async () => {
  const rows = [{ id: 1, name: "a,b" }, { id: 2, name: null }];
  const chunks = ReadableStream.from(rows)
    .pipeThrough(new CsvStringifyStream({ columns: ["id", "name"] }));
  assert.deepEqual(await Array.fromAsync(chunks), [
    "id,name\r\n",
    '1,"a,b"\r\n',
    "2,\r\n",
  ]);
});

Deno.test("CsvStringifyStream fails on an object without columns", async () => {
  const rows = ReadableStream.from([{ id: 1 }] as unknown as unknown[][]);
  const chunks = rows.pipeThrough(new CsvStringifyStream());
  await assert.rejects(Array.fromAsync(chunks), TypeError);
});

Deno.test("parseCsv() undoes stringifyCsv()", () => {
  const field = fc.string({ unit: "binary" })
    .filter((text) => !text.includes("\r"));
  // A row of one empty field is an empty line, which says nothing.
  const row = fc.array(field, { minLength: 2, maxLength: 5 });
  const rows = fc.array(row).filter((rows) =>
    !rows[0]?.[0].startsWith("\ufeff")
  );
  fc.assert(
    fc.property(rows, (rows) => {
      assert.deepEqual(parseCsv(stringifyCsv(rows)), rows);
    }),
    { numRuns: 50 },
  );
});
