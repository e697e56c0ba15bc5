/** The text check agrees with the engine's own decoder. */
import assert from "node:assert/strict";
import { pythonFloat } from "../../src/csv/python_float.ts";
import { checkText } from "../../src/csv/text_check.ts";
import { fc } from "../deps/fast_check.ts";

/** Bytes that are nearly text. */
const anyBytes = fc.array(
  fc.oneof(
    fc.string({ unit: "binary", maxLength: 4 }).map((
      text,
    ) => [...new TextEncoder().encode(text)]),
    fc.constantFrom([0x61], [0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68]),
    fc.uint8Array({ maxLength: 3 }).map((bytes) => [...bytes]),
    fc.constantFrom([0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc0, 0x80]),
  ),
  { maxLength: 40 },
).map((parts) => Uint8Array.from(parts.flat()));

Deno.test("checkText() finds what no UTF-8 text has", () => {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  fc.assert(
    fc.property(anyBytes, fc.nat(5), (bytes, start) => {
      const from = Math.min(start, bytes.length);
      const text = bytes.subarray(from);
      let isText = !text.includes(0);
      try {
        decoder.decode(text);
      } catch {
        isText = false;
      }
      const { checked, fault } = checkText(bytes, from, bytes.length, true);
      assert.equal(fault === null, isText);
      // What was passed is text by itself.
      decoder.decode(bytes.subarray(from, checked));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("checkText() waits for the rest of a character", () => {
  const euro = Uint8Array.of(0x61, 0xe2, 0x82, 0xac);
  for (const end of [2, 3]) {
    assert.deepEqual(checkText(euro, 0, end, false), {
      checked: 1,
      fault: null,
    });
    assert.deepEqual(checkText(euro, 0, end, true), {
      checked: 1,
      fault: "utf-8",
    });
  }
});

Deno.test("pythonFloat() writes what repr does", () => {
  const cases: [number, string][] = [
    [3, "3.0"],
    [-0, "-0.0"],
    [0.1, "0.1"],
    [1e-4, "0.0001"],
    [0.00001, "1e-05"],
    [1.5e-7, "1.5e-07"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [123456789012345680, "1.2345678901234568e+17"],
    [1e300, "1e+300"],
    [NaN, "nan"],
    [-Infinity, "-inf"],
  ];
  for (const [value, text] of cases) assert.equal(pythonFloat(value), text);
});
