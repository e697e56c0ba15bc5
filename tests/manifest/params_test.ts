import assert from "node:assert/strict";
import { loadManifest } from "../../src/manifest/load.ts";
import type { ParamValue } from "../../src/manifest/params.ts";
import { faultsOf, refusal } from "../kit/faults.ts";

const declared = { day: "2024-01-01", n: 5, on: true, secret: null };

function manifest(
  config: object,
  inputs: object = {},
  params: object = declared,
): object {
  return { params, steps: [{ id: "a", driver: "x", config, inputs }] };
}

async function configOf(
  config: object,
  params?: Record<string, ParamValue>,
): Promise<unknown> {
  return (await loadManifest(manifest(config), params && { params })).steps[0]
    .config;
}

Deno.test("parameters stand in texts, and alone keep their type", async () => {
  const config = {
    query: "SELECT '${params.day}', ${params.n}",
    params: ["${params.n}", "${params.on}"],
    deep: { limit: "${params.n}" },
    literal: "$${params.n} ${VAR} ${params",
  };
  assert.deepEqual(await configOf(config), {
    query: "SELECT '2024-01-01', 5",
    params: [5, true],
    deep: { limit: 5 },
    literal: "${params.n} ${VAR} ${params",
  });
});

Deno.test("parameters of a run take the type of the default", async () => {
  const config = {
    day: "${params.day}",
    n: "${params.n}",
    on: "${params.on}",
    secret: "${params.secret}",
  };
  const given = { day: "5", n: "7", on: "false", secret: "x=y" };
  assert.deepEqual(await configOf(config, given), {
    day: "5",
    n: 7,
    on: false,
    secret: "x=y",
  });
});

Deno.test("parameters stand in inputs and in rejects", async () => {
  const { steps: [step] } = await loadManifest({
    params: { from: "a", file: "bad.csv" },
    steps: [
      { id: "a", driver: "x" },
      {
        id: "b",
        driver: "x",
        inputs: { label: "${params.from}" },
        rejects: "out/${params.file}",
      },
    ].reverse(),
  }, { parallel: 2 });
  assert.deepEqual(step.inputs.label, { kind: "value", value: "a" });
  assert.equal(step.rejects, "out/bad.csv");
});

Deno.test("unknown, missing and ill-typed parameters are refused with their place", async () => {
  assert.deepEqual(
    await faultsOf(() =>
      loadManifest(manifest({ q: "${params.dya} ${params.secret}" }))
    ),
    [
      "manifest/invalid",
      'steps[0].config.q: no parameter is named "dya"',
      'steps[0].config.q: parameter "secret" has no value',
    ],
  );
  const params = { n: "many", on: "yes", dai: "x" };
  assert.deepEqual(
    await faultsOf(() => loadManifest(manifest({}), { params })),
    [
      "usage/invalid",
      'params.n: expected a number, got "many"',
      'params.on: expected true or false, got "yes"',
      "params.dai: the manifest has no such parameter",
    ],
  );
  assert.equal(
    (await refusal(() => loadManifest(manifest({}), { params }))).faults?.at(-1)
      ?.hint,
    'Did you mean "day"?',
  );
});

Deno.test("a parameter that no step uses needs no value", async () => {
  assert.deepEqual(await configOf({ q: "x" }), { q: "x" });
});
