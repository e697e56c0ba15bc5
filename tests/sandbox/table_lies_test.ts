// What a driver says about its batches is checked before anything reads them.

import assert from "node:assert/strict";
import type { Isolation } from "../../src/manifest/manifest.ts";
import { failureOf, runModules } from "../kit/sandbox.ts";
import { tempDir } from "../kit/temp.ts";

const LIES = [
  "length",
  "huge",
  "negative",
  "columns",
  "data",
  "short",
  "offsets",
  "descending",
  "minus",
  "nulls",
  "nothing",
  "text",
  "shared",
  "resizable",
  "changed",
];
const IN_PROCESSES_TOO = ["length", "offsets", "data", "nothing", "changed"];
const FIRST_LIES = ["length", "schema", "type", "nothing", "offsets"];

for (
  const [lie, first] of [
    ...LIES.map((lie) => [lie, false] as const),
    ...FIRST_LIES.map((lie) => [lie, true] as const),
  ]
) {
  const which = first ? "first" : "later";
  const isOnceMore = IN_PROCESSES_TOO.includes(lie) && !first;
  const isolations: readonly Isolation[] = isOnceMore
    ? ["worker", "process"]
    : ["worker"];
  for (const isolation of isolations) {
    Deno.test(`a ${which} batch that lies (${lie}) fails the step that gave it (${isolation})`, async () => {
      await using folder = await tempDir("lies-");
      const result = await runModules(
        [
          { driver: "lies_about_batches", config: { lie, first } },
          { driver: "good_sink", mode: "write", isolation: "worker" },
        ],
        folder.path,
        { isolation },
      );
      const error = failureOf(result);
      // What is so wrong that it can't be sent fails in the driver's own code.
      assert.match(error.code, /^(driver\/protocol|step\/failed)$/);
      assert.equal(error.step, "lies_about_batches");
    });
  }
}

Deno.test("a table of honest batches passes the same checks", async () => {
  await using folder = await tempDir("lies-");
  const result = await runModules([
    { driver: "lies_about_batches", config: { lie: "none" } },
    { driver: "good_sink", mode: "write" },
  ], folder.path);
  assert.equal(result.status, "success");
  assert.equal(result.totalRows, 2);
});
