import assert from "node:assert/strict";
import { checkSchema } from "../../src/schema/check.ts";
import { schemaFaults } from "../../src/schema/keywords.ts";
import { Ajv2020 } from "../deps/ajv.ts";
import { fc } from "../deps/fast_check.ts";

const messages = (schema: Record<string, unknown>, value: unknown): string[] =>
  checkSchema(schema, value, "at").faults.map(({ path, message }) =>
    `${path}: ${message}`
  );

Deno.test("checkSchema() fills in defaults at every level and leaves its input alone", () => {
  const schema = {
    type: "object",
    properties: {
      a: { default: [1] },
      b: { type: "object", default: {}, properties: { c: { default: 2 } } },
      d: { type: "object", properties: { c: { default: 3 } } },
    },
  };
  const input = { d: {} };
  const { value } = checkSchema(schema, input, "");
  assert.deepEqual(value, { d: { c: 3 }, a: [1], b: {} });
  assert.deepEqual(input, { d: {} });
  (value as { a: number[] }).a.push(2);
  assert.deepEqual(checkSchema(schema, {}, "").value, { a: [1], b: {} });
});

Deno.test("checkSchema() reports the alternative that was meant", () => {
  const anyOf = [
    { type: "boolean" },
    {
      type: "object",
      additionalProperties: false,
      properties: { ca: { type: "string" } },
    },
  ];
  assert.deepEqual(messages({ anyOf }, { cb: "x" }), ["at.cb: unknown key"]);
  assert.deepEqual(messages({ anyOf }, "yes"), [
    'at: expected true or false or a map, got "yes"',
  ]);
  assert.deepEqual(messages({ anyOf, title: "TLS" }, { cb: 1 }), [
    "at: expected TLS, got a map",
  ]);
  assert.deepEqual(messages({ oneOf: [{ minimum: 1 }, { minimum: 2 }] }, 3), [
    "at: fits 2 forms of which one is right",
  ]);
  const oneOf = [{ required: ["query"] }, { required: ["table"] }];
  assert.deepEqual(messages({ oneOf }, {}), [
    'at: expected a map with "query" or a map with "table", got a map',
  ]);
  assert.deepEqual(messages({ oneOf }, { query: "", table: "" }), [
    'at: fits 2 forms of which one is right: a map with "query", a map with "table"',
  ]);
});

Deno.test("checkSchema() checks if, then, else, not and dependentRequired", () => {
  const schema = {
    if: { properties: { mode: { const: "upsert" } }, required: ["mode"] },
    then: { required: ["keys"] },
    else: { not: { required: ["keys"] }, title: "no keys" },
    dependentRequired: { a: ["b"] },
  };
  assert.deepEqual(messages(schema, { mode: "upsert" }), [
    "at.keys: is missing",
  ]);
  assert.deepEqual(messages(schema, { keys: 1 }), [
    "at: expected no keys, got a map",
  ]);
  assert.deepEqual(messages(schema, { a: 1 }), [
    'at.b: is missing, and "a" needs it',
  ]);
  assert.deepEqual(messages(schema, { mode: "upsert", keys: 1 }), []);
});

Deno.test("schemaFaults() refuses what checkSchema() would ignore or trip over", () => {
  const faults = schemaFaults({
    type: "strin",
    patern: "x",
    pattern: "(",
    properties: { a: { minimum: "1", items: [{}] } },
    patternProperties: { "(": {} },
    allOf: [{ $ref: "#/$defs/no" }, { $ref: "https://x" }, 5],
    required: "a",
    unevaluatedProperties: false,
  }, "config");
  assert.deepEqual(faults.map(({ path }) => path), [
    "config.type",
    "config.patern",
    "config.pattern",
    "config.properties.a.minimum",
    "config.properties.a.items",
    "config.patternProperties",
    "config.allOf[0].$ref",
    "config.allOf[1].$ref",
    "config.allOf[2]",
    "config.required",
    "config.unevaluatedProperties",
  ]);
  assert.equal(faults[1].hint, 'Did you mean "pattern"?');
});

const key = fc.constantFrom("a", "b", "c");
const small = fc.integer({ min: -2, max: 4 });
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(
      null,
      true,
      false,
      "",
      "a",
      "ab",
      "12",
      0,
      1,
      2.5,
      -1,
    ),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Schemas of one to four keywords, nested. */
const schema = fc.letrec((tie) => {
  const any = tie("schema");
  const some = fc.array(any, { minLength: 1, maxLength: 2 });
  const map = (keys: fc.Arbitrary<string>) =>
    fc.dictionary(keys, any, { maxKeys: 2, noNullPrototype: true });
  const keywords: Record<string, fc.Arbitrary<unknown>> = {
    type: fc.oneof(
      fc.constantFrom(
        "string",
        "number",
        "integer",
        "boolean",
        "array",
        "object",
        "null",
      ),
      fc.uniqueArray(fc.constantFrom("string", "integer", "array", "object"), {
        minLength: 1,
      }),
    ),
    enum: fc.uniqueArray(json, {
      minLength: 1,
      maxLength: 3,
      selector: (item) => JSON.stringify(item),
    }),
    const: json,
    minLength: fc.nat(2),
    maxLength: fc.nat(2),
    pattern: fc.constantFrom("^a", "\\d+", "^$"),
    minimum: small,
    maximum: small,
    exclusiveMinimum: small,
    exclusiveMaximum: small,
    multipleOf: fc.constantFrom(1, 2, 0.5),
    items: any,
    prefixItems: some,
    minItems: fc.nat(2),
    maxItems: fc.nat(2),
    uniqueItems: fc.boolean(),
    properties: map(key),
    patternProperties: map(fc.constantFrom("^a", "b")),
    additionalProperties: any,
    propertyNames: any,
    required: fc.uniqueArray(key),
    dependentRequired: fc.dictionary(key, fc.uniqueArray(key), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    minProperties: fc.nat(2),
    maxProperties: fc.nat(2),
    allOf: some,
    anyOf: some,
    oneOf: some,
    not: any,
    if: any,
    then: any,
    else: any,
    $ref: fc.constantFrom("#/$defs/one", "#/$defs/two"),
  };
  const pairs = Object.entries(keywords).map(([name, value]) =>
    fc.tuple(fc.constant(name), value)
  );
  return {
    schema: fc.oneof(
      { depthSize: "small" },
      fc.constant({}),
      fc.boolean(),
      tie("keywords"),
    ),
    keywords: fc.array(fc.oneof(...pairs), { minLength: 1, maxLength: 4 }).map((
      chosen,
    ) => Object.fromEntries(chosen)),
  };
}).keywords as fc.Arbitrary<Record<string, unknown>>;

Deno.test("checkSchema() agrees with ajv on any schema and value", () => {
  const $defs = {
    one: { type: "string", minLength: 1 },
    two: { anyOf: [{ type: "integer" }, { $ref: "#/$defs/one" }] },
  };
  fc.assert(
    fc.property(
      schema,
      fc.array(json, { minLength: 1, maxLength: 4 }),
      (own, values) => {
        const whole = { ...own, $defs };
        const ajv = new Ajv2020({
          strict: false,
          validateSchema: false,
          logger: false,
        });
        const validate = ajv.compile(whole);
        assert.deepEqual(schemaFaults(whole, ""), []);
        for (const value of values) {
          const { faults } = checkSchema(whole, value, "");
          const verdict = verdictOf(validate, value);
          if (verdict === null) continue;
          assert.equal(
            faults.length === 0,
            verdict,
            JSON.stringify({ whole, value, faults }),
          );
        }
      },
    ),
    { numRuns: 1000 },
  );
});

/** What ajv says; null where the code that it made of a schema breaks, as it does for some nestings of `not`. */
function verdictOf(
  validate: (value: unknown) => unknown,
  value: unknown,
): boolean | null {
  try {
    return validate(value) === true;
  } catch (thrown) {
    const isBroken = thrown instanceof TypeError ||
      thrown instanceof ReferenceError;
    if (isBroken) return null;
    throw thrown;
  }
}
