import assert from "node:assert/strict";
import { builtinDrivers } from "../../drivers/builtin.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { manifestSchema } from "../../src/manifest/schema.ts";
import { schemaFaults } from "../../src/schema/keywords.ts";
import { Ajv2020 } from "../deps/ajv.ts";
import { fakeDrivers } from "../kit/fake_drivers.ts";

const step = { id: "a", driver: "fake.reader", config: { path: "x" } };

const cases: [string, object, boolean][] = [
  ["a plain manifest", { steps: [step] }, true],
  ["every key", {
    $schema: "x",
    version: "1.0.0",
    name: "x",
    profile: "dev",
    description: "x",
    params: { n: 5 },
    parallel: 2,
    memory_budget: "1GiB",
    isolation: "worker",
    retry: { max_attempts: 2, on: ["connection"] },
    deadlines: { run: "1h", step: null },
    limits: { rows: 5 },
    steps: [{
      ...step,
      isolation: "auto",
      permissions: { net: ["h:1"] },
      limits: { memory_mb: 5 },
    }],
  }, true],
  ["a parameter for a boolean", {
    params: { h: true },
    steps: [{
      ...step,
      config: { path: "${params.h}", header: "${params.h}" },
    }],
  }, true],
  ["a connection", {
    steps: [{ ...step, config: { path: "x", connection: "@filesystem.a" } }],
  }, true],
  ["a connection of another family", {
    steps: [{ ...step, config: { path: "x", connection: "@mysql.a" } }],
  }, false],
  ["an unknown key", { steps: [step], nam: 1 }, false],
  ["an unknown config key", {
    steps: [{ ...step, config: { path: "x", y: 1 } }],
  }, false],
  ["a missing config", { steps: [{ id: "a", driver: "fake.reader" }] }, false],
  ["a wrong type", { steps: [{ ...step, config: { path: 5 } }] }, false],
  [
    "a wrong duration",
    { steps: [step], deadlines: { step: "5 minutes" } },
    false,
  ],
  ["a bad id", { steps: [{ ...step, id: "a b" }] }, false],
  ["no steps", { steps: [] }, false],
];

Deno.test("manifestSchema() accepts and refuses what loadManifest() does", async () => {
  const validate = new Ajv2020({ strict: false }).compile(
    manifestSchema(fakeDrivers),
  );
  for (const [what, manifest, isRight] of cases) {
    assert.equal(
      validate(manifest),
      isRight,
      `schema: ${what} ${JSON.stringify(validate.errors)}`,
    );
    const error = await loadManifest(manifest, { drivers: fakeDrivers }).then(
      () => null,
      (error) => error,
    );
    // A parameter's type is only known when its value is filled in.
    if (what === "a parameter for a boolean") {
      assert.equal(error?.faults.length, 1);
    } else {assert.equal(
        error === null,
        isRight,
        `loadManifest: ${what} ${error?.message}`,
      );}
  }
});

Deno.test("manifestSchema() of the built-in drivers is one that ajv and our own check can use", () => {
  const schema = manifestSchema(builtinDrivers);
  assert.deepEqual(schemaFaults(schema, ""), []);
  new Ajv2020({ strict: false }).compile(schema);
});
