/** Builders take exactly the values of their type; formatters write what builders read. */
import assert from "node:assert/strict";
import { columnBuilder } from "../../src/table/builder.ts";
import { columnFormatter } from "../../src/table/formatter.ts";
import {
  decimal,
  formatType,
  type LogicalType,
  types,
} from "../../src/table/type.ts";
import { fc } from "../deps/fast_check.ts";
import { anyBatch } from "../kit/arbitrary_table.ts";
import { type Cell, cellsOf } from "../kit/table.ts";

const encoder = new TextEncoder(), decoder = new TextDecoder();

/** Reads each text alone, with bytes around it that must not matter; undefined when refused. */
function readText(type: LogicalType, text: string): Cell | undefined {
  const bytes = encoder.encode(`7${text}7`);
  const builder = columnBuilder(type, 0);
  const isTaken = builder.appendText(bytes, 1, bytes.length - 1);
  assert.equal(builder.length, isTaken ? 1 : 0);
  // The same through the columnar way, whose loops are others.
  const spanned = columnBuilder(type, 0);
  const end = text === "" ? 0 : bytes.length - 1;
  const spans = Int32Array.of(0, 1, end, 0, 1, end);
  assert.equal(spanned.appendSpans(bytes, spans, 1, 3, 2), isTaken ? 2 : 0);
  const column = builder.finish();
  if (!isTaken) return undefined;
  const both = cellsOf(spanned.finish());
  assert.deepEqual(both, [...cellsOf(column), ...cellsOf(column)]);
  return both[0];
}

const TAKEN: [LogicalType, string, Cell][] = [
  [types.int8, "-128", -128],
  [types.int8, "127", 127],
  [types.uint8, "255", 255],
  [types.int32, "-2147483648", -2147483648],
  [types.uint32, "4294967295", 4294967295],
  [types.int64, "0", 0n],
  [types.int64, "-1", -1n],
  [types.int64, "4294967296", 4294967296n],
  [types.int64, "-999999999999999", -999999999999999n],
  [types.int64, "9007199254740993", 9007199254740993n],
  [types.int64, "9223372036854775807", 9223372036854775807n],
  [types.int64, "-9223372036854775808", -9223372036854775808n],
  [types.uint64, "18446744073709551615", 18446744073709551615n],
  [types.float64, "0.1", 0.1],
  [types.float64, "-0", -0],
  [types.float64, "1e-300", 1e-300],
  [types.float64, "5e-324", 5e-324],
  [types.float64, "1.7976931348623157e+308", Number.MAX_VALUE],
  [types.float64, "123456789012345678901234567890", 1.2345678901234568e29],
  [types.float64, "0.30000000000000004", 0.30000000000000004],
  [types.float64, ".5", 0.5],
  [types.float64, "NaN", NaN],
  [types.float64, "-Infinity", -Infinity],
  [types.float32, "3.14159", Math.fround(3.14159)],
  [decimal(10, 2), "1.50", 150n],
  [decimal(10, 2), "1.5", 150n],
  [decimal(10, 2), "-0.05", -5n],
  [decimal(10, 2), "12345678.90000", 1234567890n],
  [decimal(10, 2), "00012345678.9", 1234567890n],
  [decimal(18, 4), "30540404.2870", 305404042870n],
  [decimal(18, 0), "-999999999999999999", -999999999999999999n],
  [
    decimal(30, 10),
    "12345678901234567890.1234567891",
    123456789012345678901234567891n,
  ],
  [decimal(38, 0), "-" + "9".repeat(38), -(10n ** 38n - 1n)],
  [decimal(76, 76), "0." + "9".repeat(76), 10n ** 76n - 1n],
  [types.date, "1970-01-01", 0],
  [types.date, "0001-01-01", -719162],
  [types.date, "9999-12-31", 2932896],
  [types.date, "2024-02-29", 19782],
  [types.date, "2000-02-29", 11016],
  [types.time, "-838:59:59.000000", -3020399000000n],
  [types.time, "00:00:00.1", 100000n],
  [types.time, "-00:00:00.000001", -1n],
  [types.time, "2562047787:59:59", 9223372036799000000n],
  [types.timestamp, "1970-01-01 00:00:00.000001", 1n],
  [types.timestamp, "1969-12-31T23:59:59.999999000", -1n],
  [types.timestamp, "0001-01-01 00:00:00", -62135596800000000n],
  [types.timestamp, "9999-12-31 23:59:59.999999", 253402300799999999n],
  [types.timestampUtc, "1970-01-01T00:00:01Z", 1000000n],
  [types.timestampUtc, "1970-01-01 00:00:01+00:00", 1000000n],
  [types.timestampUtc, "1970-01-01 00:00:01", 1000000n],
  [types.bool, "true", true],
  [types.bool, "false", false],
  [types.utf8, "žluť", "žluť"],
  [
    types.json,
    ' {"a": [1, -2.5e3, "\\u00e9", true, null]}',
    ' {"a": [1, -2.5e3, "\\u00e9", true, null]}',
  ],
  [types.binary, "00fF", Uint8Array.of(0, 255)],
];

Deno.test("columnBuilder() takes the texts of a type exactly", () => {
  for (const [type, text, value] of TAKEN) {
    const seen = readText(type, text);
    assert.deepEqual(seen, value, `${formatType(type)} ${text}`);
  }
});

const REFUSED: [LogicalType, string[]][] = [
  [types.int8, [
    "128",
    "-129",
    "",
    "-",
    "+1",
    "01",
    "-0",
    "1.0",
    "1e2",
    " 1",
    "1 ",
    "x",
    "1x",
  ]],
  [types.uint8, ["-1", "256"]],
  [types.int64, [
    "9223372036854775808",
    "-9223372036854775809",
    "00",
    "-0",
    "0009223372036854775",
    "12345678901234567x",
    "99999999999999999999",
    "1".repeat(40),
    "-",
  ]],
  [types.uint64, [
    "18446744073709551616",
    "-1",
    "-9223372036854775808",
    "99999999999999999999",
    "100000000000000000000",
  ]],
  [types.float64, [
    "",
    "-",
    ".",
    "e5",
    "1e",
    "1e+",
    "1e999",
    "0x10",
    "1_000",
    " 1",
    "1 ",
    "Inf",
    "nan",
    "Infinit",
    "1.2.3",
    "--1",
  ]],
  [types.float32, ["1e39", "x"]],
  [decimal(10, 2), [
    "",
    "-",
    ".5",
    "1.",
    "1.505",
    "123456789",
    "1e2",
    "+1",
    "1.5x",
    "--1",
    "1.-5",
  ]],
  [decimal(38, 0), ["1" + "0".repeat(38), "1.5"]],
  [decimal(76, 76), ["1", "0." + "1".repeat(77)]],
  [types.date, [
    "2023-02-29",
    "1900-02-29",
    "2024-13-01",
    "2024-00-10",
    "2024-04-31",
    "2024-01-00",
    "0000-01-01",
    "0000-00-00",
    "2024-1-01",
    "2024/01/01",
    "10000-01-01",
    "2024-01-01 ",
    "",
  ]],
  [types.time, [
    "1:00:00",
    "00:60:00",
    "00:00:60",
    "00:00",
    "00:00:00.",
    "00:00:00.1234567",
    "00-00-00",
    "-",
    "9999999999999:00:00",
    "2562047788:00:54",
    "00:00:0x",
    "",
  ]],
  [types.timestamp, [
    "2024-01-01",
    "2024-01-01 24:00:00",
    "2024-01-01 00:00:00Z",
    "2024-02-30 00:00:00",
    "2024-01-01_00:00:00",
    "2024-01-01 00:00:00.0000001",
    "2024-01-01 00:00",
    "2024-01-01 00:00:00.",
    "",
  ]],
  [types.timestampUtc, [
    "2024-01-01 00:00:00+01:00",
    "2024-01-01 00:00:00ZZ",
    "2024-01-01Z",
  ]],
  [types.bool, ["True", "1", "", "tru", "falsy", "yes"]],
  [types.json, [
    "",
    "{",
    "[1,]",
    '{"a":1,}',
    "01",
    "nul",
    "'a'",
    '"\t"',
    '"\\x"',
    "1 2",
    "[".repeat(600) + "]".repeat(600),
    "-",
    "1.",
  ]],
  [types.binary, ["0", "0g", "xx", "0x00"]],
  [types.null, ["x"]],
];

Deno.test("columnBuilder() refuses texts that aren't exactly of the type", () => {
  for (const [type, texts] of REFUSED) {
    for (const text of texts) {
      const builder = columnBuilder(type);
      const bytes = encoder.encode(`7${text}7`);
      const isTaken = builder.appendText(bytes, 1, bytes.length - 1);
      assert.equal(
        isTaken,
        false,
        `${formatType(type)} ${JSON.stringify(text)}`,
      );
      assert.equal(builder.length, 0);
      if (text !== "") {
        const spans = Int32Array.of(1, bytes.length - 1);
        assert.equal(builder.appendSpans(bytes, spans, 0, 2, 1), 0);
      }
    }
  }
});

Deno.test("columnBuilder() refuses values of another kind and those that don't fit", () => {
  const cases: [LogicalType, Cell, string][] = [
    [types.int8, 128, "data/lossy"],
    [types.int32, 1.5, "data/lossy"],
    [types.int32, "1", "data/type"],
    [types.int64, 2 ** 53, "data/lossy"],
    [types.uint64, -1, "data/lossy"],
    [types.float64, 2n ** 53n + 1n, "data/lossy"],
    [types.float32, 0.1, "data/lossy"],
    [decimal(3, 1), 1000n, "data/lossy"],
    [types.date, 3_000_000, "data/lossy"],
    [types.timestamp, 253402300800000000n, "data/lossy"],
    [types.bool, 1, "data/type"],
    [types.utf8, 1, "data/type"],
    [types.utf8, "\ud800", "data/lossy"],
    [types.json, "{", "data/type"],
    [types.binary, "00", "data/type"],
    [types.null, 1, "data/type"],
  ];
  for (const [type, value, code] of cases) {
    const builder = columnBuilder(type);
    assert.throws(() => builder.appendValue(value), { code }, formatType(type));
    assert.equal(builder.length, 0);
  }
});

Deno.test("columnBuilder().appendSpans() tells NULL from the empty text", () => {
  const builder = columnBuilder(types.utf8);
  const spans = Int32Array.of(1, 1, 3, 2, 0, 2);
  assert.equal(builder.appendSpans(encoder.encode("ab"), spans, 0, 2, 3), 3);
  assert.deepEqual(cellsOf(builder.finish()), [null, "", "ab"]);
  const ints = columnBuilder(types.int64);
  assert.equal(ints.appendSpans(encoder.encode("12"), spans, 0, 2, 3), 1);
});

Deno.test("columnBuilder().finish() starts an empty column of its own memory", () => {
  for (const type of [types.int64, types.utf8, types.bool, types.float64]) {
    const builder = columnBuilder(type, 4);
    const fill = (): void => {
      for (let i = 0; i < 1000; i++) {
        if (i % 3 === 0) builder.appendNull();
        else {builder.appendText(
            encoder.encode(type === types.bool ? "true" : "17"),
            0,
            type === types.bool ? 4 : 2,
          );}
      }
    };
    fill();
    const first = builder.finish();
    const before = cellsOf(first);
    assert.equal(builder.length, 0);
    fill();
    const second = builder.finish();
    assert.notEqual(second.data.buffer, first.data.buffer);
    assert.deepEqual(cellsOf(first), before);
    assert.deepEqual(cellsOf(second), before);
    assert.equal(first.nullCount, 334);
  }
});

Deno.test("columnFormatter() undoes columnBuilder().appendText()", () => {
  fc.assert(
    fc.property(anyBatch({ minColumns: 1 }), (batch) => {
      for (const column of batch.columns) {
        const formatter = columnFormatter(column.type);
        formatter.bind(column);
        const byText = columnBuilder(column.type, 1);
        const byValue = columnBuilder(column.type, 1);
        const sizes = new Int32Array(column.length),
          at = new Int32Array(column.length);
        formatter.addSizes(0, column.length, sizes);
        for (let row = 1; row < column.length; row++) {
          at[row] = at[row - 1] + sizes[row - 1];
        }
        const starts = at.slice();
        const whole = new Uint8Array(sizes.reduce((a, b) => a + b, 0));
        formatter.writeRows(0, column.length, whole, at);
        cellsOf(column).forEach((cell, row) => {
          byValue.appendValue(cell);
          if (cell === null) {
            assert.equal(sizes[row], 0);
            return byText.appendNull();
          }
          const out = new Uint8Array(formatter.size(row) + 2);
          const end = formatter.write(row, out, 1);
          assert.ok(end - 1 <= formatter.size(row));
          const text = decoder.decode(out.subarray(1, end));
          assert.equal(
            decoder.decode(whole.subarray(starts[row], at[row])),
            text,
          );
          assert.equal(at[row] - starts[row], sizes[row], text);
          assert.ok(
            byText.appendText(out, 1, end),
            `${formatType(column.type)} ${text}`,
          );
        });
        const expected = cellsOf(column);
        assert.deepEqual(cellsOf(byText.finish()), expected);
        assert.deepEqual(cellsOf(byValue.finish()), expected);
      }
    }),
    { numRuns: 400 },
  );
});

Deno.test("columnFormatter() writes floats as JavaScript does", () => {
  const check = (value: number): void => {
    const builder = columnBuilder(types.float64);
    builder.appendValue(value);
    const formatter = columnFormatter(types.float64);
    formatter.bind(builder.finish());
    const out = new Uint8Array(30);
    const text = decoder.decode(out.subarray(0, formatter.write(0, out, 0)));
    assert.equal(text, Object.is(value, -0) ? "-0" : String(value));
  };
  [
    0,
    -0,
    0.1,
    0.5,
    -12.5,
    1e21,
    1e-7,
    1e-6,
    123456.789,
    5e-324,
    NaN,
    -Infinity,
    999999999999999,
    1e15,
    1e15 + 0.5,
    2 ** 53,
    0.30000000000000004,
  ].forEach(check);
  fc.assert(fc.property(fc.double(), check));
  fc.assert(fc.property(fc.integer(), fc.nat(9), (m, k) => check(m / 10 ** k)));
});

Deno.test("columnFormatter() writes the text of each type", () => {
  const cases: [LogicalType, Cell, string][] = [
    [types.float32, Math.fround(0.1), "0.1"],
    [types.float32, Math.fround(16777216), "16777216"],
    [types.float32, Math.fround(3.4028235e38), "3.4028235e+38"],
    [decimal(10, 2), -5n, "-0.05"],
    [decimal(30, 10), 5n, "0.0000000005"],
    [types.time, -1n, "-00:00:00.000001"],
    [types.time, -(2n ** 63n), "-2562047788:00:54.775808"],
    [types.timestamp, 0n, "1970-01-01 00:00:00"],
    [types.timestampUtc, -1n, "1969-12-31 23:59:59.999999Z"],
    [types.binary, Uint8Array.of(0, 171), "00ab"],
    [types.bool, false, "false"],
  ];
  for (const [type, value, expected] of cases) {
    const builder = columnBuilder(type);
    builder.appendValue(value);
    const formatter = columnFormatter(type);
    formatter.bind(builder.finish());
    const out = new Uint8Array(100);
    const end = formatter.write(0, out, 0);
    assert.equal(decoder.decode(out.subarray(0, end)), expected);
  }
});

Deno.test("columnFormatter() refuses a date outside the years 1 to 9999", () => {
  const formatter = columnFormatter(types.date);
  formatter.bind({
    type: types.date,
    length: 1,
    nullCount: 0,
    validity: null,
    data: Int32Array.of(2_932_897),
    offsets: null,
  });
  assert.throws(() => formatter.size(0), { code: "data/lossy" });
});
