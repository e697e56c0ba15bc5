import assert from "node:assert/strict";
import { parseDotenv } from "../../src/connection/dotenv.ts";
import { fc } from "../deps/fast_check.ts";

Deno.test("parseDotenv() reads exports, comments, quotes and line breaks", () => {
  const { values, malformed } = parseDotenv(
    [
      "\uFEFF# comment",
      "A=1",
      "export B = two words  # not this",
      "C='single $B # kept'",
      'D="double \\"x\\" \\n\\\\ # kept" # gone',
      'E="over',
      'two lines"',
      "F=",
      "G=a#b",
      "H=p@ss$w{o}rd",
      "A=2\r",
      "I=#",
    ].join("\n"),
  );
  assert.deepEqual(malformed, []);
  assert.deepEqual(Object.fromEntries(values), {
    A: "2",
    B: "two words",
    C: "single $B # kept",
    D: 'double "x" \n\\ # kept',
    E: "over\ntwo lines",
    F: "",
    G: "a#b",
    H: "p@ss$w{o}rd",
    I: "",
  });
});

Deno.test("parseDotenv() gives the numbers of lines it can't read", () => {
  const { values, malformed } = parseDotenv(
    "A=\"x\ny\"\nno entry\n\n1A=2\nB='x' y\nC=3",
  );
  assert.deepEqual(malformed, [3, 5, 6]);
  assert.deepEqual([...values], [["A", "x\ny"], ["C", "3"]]);
});

Deno.test("parseDotenv() reads back any value in single or double quotes", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    const single = a.replace(/['\r]/g, "");
    const double = b.replaceAll("\r", "");
    const escaped = double.replace(/["\\]/g, "\\$&");
    const { values } = parseDotenv(`A='${single}'\nB="${escaped}" # end\nC=c`);
    assert.deepEqual([...values], [["A", single], ["B", double], ["C", "c"]]);
  }));
});

Deno.test("parseDotenv() ends on any text", () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom("A", "=", "'", '"', "\\", "\n", "#", " "),
      }),
      (text) => {
        parseDotenv(text);
      },
    ),
  );
});
