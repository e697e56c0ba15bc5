/**
 * `parse` and `stringify` of `@std/yaml` behave as the real package was
 * recorded to. The specifiers resolve to the stand-in here; without `links` in
 * deno.json the same tests hold the real one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseYaml, stringifyYaml } from "../../src/deps/yaml.ts";
import { fc } from "../deps/fast_check.ts";

/** What is thrown for a text: kind of error and first line of the message. */
function refusal(text: string): [string, string] {
  try {
    parseYaml(text);
  } catch (error) {
    assert.ok(error instanceof Error);
    return [error.name, error.message.split("\n")[0]];
  }
  throw new Error(`Not refused: ${text}`);
}

Deno.test("parseYaml() reads mappings, sequences and block text", () => {
  assert.deepEqual(
    parseYaml("a: { b: [1, two, ~] }\nc: |\n  x\n  y\nd: >-\n  x\n  y\n"),
    { a: { b: [1, "two", null] }, c: "x\ny\n", d: "x y" },
  );
});

for (
  const [text, value] of [
    ["010", 8],
    ["09", "09"],
    ["0o10", "0o10"],
    ["007.5", "007.5"],
    ["0x1A_2B", 6699],
    ["0b1010_1010", 170],
    ["1_000", 1000],
    ["-012", -10],
    ["-0", 0],
    ["+42", 42],
    ["12e03", 12000],
    ["-.inf", -Infinity],
    ["1:15", "1:15"],
    ["yes", "yes"],
    ["off", "off"],
    ["True", true],
    ["tRue", "tRue"],
    ["~", null],
    ["42_", "42_"],
  ] as [string, unknown][]
) {
  Deno.test(
    `parseYaml() reads the scalar ${text} as ${
      typeof value === "string" ? `text` : value
    }`,
    () => {
      assert.deepEqual(parseYaml(`- ${text}`), [value]);
    },
  );
}

Deno.test("parseYaml() reads dates only under the default schema", () => {
  const day = new Date("2002-12-14T00:00:00Z");
  assert.deepEqual(parseYaml("- 2002-12-14"), [day]);
  assert.deepEqual(parseYaml("- 2002-12-14", { schema: "core" }), [
    "2002-12-14",
  ]);
});

Deno.test("parseYaml() leaves every scalar text under the failsafe schema", () => {
  assert.deepEqual(parseYaml("[1, true, ~]", { schema: "failsafe" }), [
    "1",
    "true",
    "~",
  ]);
});

Deno.test("parseYaml() follows aliases and merge keys", () => {
  assert.deepEqual(
    parseYaml("base: &b { x: 1, y: 1 }\nuse:\n  <<: *b\n  y: 2\n"),
    { base: { x: 1, y: 1 }, use: { x: 1, y: 2 } },
  );
});

Deno.test("parseYaml() returns null for a text without content", () => {
  for (const text of ["", " \n\n ", "# a comment", "---\n"]) {
    assert.equal(parseYaml(text), null);
  }
});

Deno.test("parseYaml() skips a byte-order mark", () => {
  assert.deepEqual(parseYaml("\ufeffa: 1"), { a: 1 });
});

Deno.test("parseYaml() refuses a duplicate key unless told otherwise", () => {
  const text = "name: John\nage: 30\nname: Jane";
  assert.deepEqual(refusal(text), [
    "SyntaxError",
    "Cannot store mapping pair: duplicated key at line 3, column 1:",
  ]);
  assert.deepEqual(parseYaml(text, { allowDuplicateKeys: true }), {
    name: "Jane",
    age: 30,
  });
});

for (
  const [what, text, message] of [
    [
      "a second document",
      "a: 1\n---\nb: 2",
      "Found more than 1 document in the stream: expected a single document",
    ],
    [
      "an unknown tag",
      "a: !!js/undefined ~",
      "Cannot resolve unknown tag !<tag:yaml.org,2002:js/undefined> at line 1, column 20:",
    ],
    [
      "an unknown alias",
      "- &a x\n- *b",
      'Cannot read alias: unidentified alias "b" at line 2, column 5:',
    ],
    [
      "a merge of a scalar",
      "<<: 1\nc: 3",
      "Cannot merge mappings: the provided source object is unacceptable at line 1, column 6:",
    ],
    [
      "an unknown escape",
      String.raw`"\X30"`,
      "Cannot read double quoted scalar: unknown escape sequence at line 1, column 3:",
    ],
    [
      "a reserved first character",
      "@",
      "Cannot read document: end of the stream or a document separator is expected at line 1, column 1:",
    ],
    [
      "an open quote",
      "'bar\n",
      "Unexpected end of the stream within a single quoted scalar at line 2, column 1:",
    ],
    [
      "a chomping mark given twice",
      "foo: |++\n  bar",
      "Cannot read block: chomping mode identifier repeated at line 1, column 8:",
    ],
    [
      "nested sequences as a key",
      "? - [ foo ]\n: bar",
      "Cannot store mapping pair: nested arrays are not supported inside keys at line 2, column 6:",
    ],
  ] as [string, string, string][]
) {
  Deno.test(`parseYaml() refuses ${what} with its place`, () => {
    assert.deepEqual(refusal(text), ["SyntaxError", message]);
  });
}

Deno.test("parseYaml() shows the line at fault with a caret below", () => {
  assert.throws(() => parseYaml("ok: 1\n- *b"), (error: Error) => {
    const [, line, caret] = error.message.split("\n");
    return line.startsWith("    - *b") && caret.trim() === "^";
  });
});

Deno.test("parseYaml() makes __proto__ a key like any other", () => {
  const value = parseYaml("__proto__:\n  isAdmin: true") as object;
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.deepEqual(Object.keys(value), ["__proto__"]);
});

Deno.test("stringifyYaml() writes block style with indented sequences", () => {
  assert.equal(
    stringifyYaml({ a: { b: [1, { c: null }] }, d: "x\ny" }),
    "a:\n  b:\n    - 1\n    - c: null\nd: |-\n  x\n  y\n",
  );
  assert.equal(
    stringifyYaml({ a: [1] }, { arrayIndent: false }),
    "a:\n- 1\n",
  );
});

Deno.test("stringifyYaml() sorts keys by code unit when asked to", () => {
  assert.equal(
    stringifyYaml({ b: 1, a: 2, B: 3 }, { sortKeys: true }),
    "B: 3\na: 2\nb: 1\n",
  );
});

Deno.test("stringifyYaml() quotes text that would be read as something else", () => {
  for (const text of ["010", "1_000", "yes", "~", "2002-12-14", "", " x"]) {
    assert.equal(stringifyYaml([text]), `- '${text}'\n`);
  }
});

Deno.test("stringifyYaml() aliases a repeated object unless told otherwise", () => {
  const shared = { foo: "bar" };
  assert.equal(
    stringifyYaml([shared, shared]),
    "- &ref_0\n  foo: bar\n- *ref_0\n",
  );
  assert.equal(
    stringifyYaml([shared, shared], { useAnchors: false }),
    "- foo: bar\n- foo: bar\n",
  );
});

Deno.test("stringifyYaml() refuses what YAML can't hold unless told to skip it", () => {
  for (const value of [undefined, () => 1]) {
    assert.throws(() => stringifyYaml({ a: value }), {
      name: "TypeError",
      message: `Cannot stringify ${typeof value}`,
    });
    assert.equal(stringifyYaml({ a: value }, { skipInvalid: true }), "{}\n");
  }
});

Deno.test("parseYaml() undoes stringifyYaml()", () => {
  const scalar = fc.oneof(
    fc.string({ unit: "binary" }).filter((text) => text.isWellFormed()),
    fc.constantFrom(
      "010",
      "0o7",
      "1_0",
      "1:15",
      "<<",
      "- a",
      "a: b",
      "#",
      "\u0085",
    ),
    fc.integer(),
    fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      scalar,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("value"), {
        maxKeys: 4,
        noNullPrototype: true,
      }),
    ),
  }));
  fc.assert(
    fc.property(value, (before) => {
      assert.deepEqual(parseYaml(stringifyYaml(before)), before);
    }),
    { numRuns: 50 },
  );
});
