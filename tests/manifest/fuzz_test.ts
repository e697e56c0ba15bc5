import assert from "node:assert/strict";
import { OsirisError } from "../../src/error.ts";
import { checkManifest, loadManifest } from "../../src/manifest/load.ts";
import { readManifest } from "../../src/manifest/document.ts";
import { fc } from "../deps/fast_check.ts";
import { fakeDrivers as drivers } from "../kit/fake_drivers.ts";
import { tempDir } from "../kit/temp.ts";

const word = fc.constantFrom(
  "a",
  "b",
  "params",
  "fake.reader",
  "fake.writer",
  "fake.join",
  "${a}",
  "${b.df}",
  "${params.x}",
  "@filesystem.x",
  "1s",
  "constructor",
  "toString",
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    word,
    fc.integer(),
    fc.double(),
    fc.constantFrom(null, true, undefined),
    fc.array(tie("any"), { maxLength: 3 }),
    fc.dictionary(word, tie("any"), { maxKeys: 3 }),
  ),
})).any;

const step = fc.record({
  id: fc.oneof(word, value),
  driver: fc.oneof(word, value),
  config: fc.oneof(
    fc.dictionary(fc.constantFrom("path", "on", "header", "connection"), value),
    value,
  ),
  inputs: fc.oneof(fc.dictionary(word, word), value),
  retry: value,
  deadlines: fc.oneof(
    fc.dictionary(fc.constantFrom("step", "idle"), value),
    value,
  ),
  limits: value,
  permissions: value,
  rejects: value,
}, { requiredKeys: [] });

const manifest = fc.record({
  name: value,
  params: fc.oneof(fc.dictionary(fc.constantFrom("x", "y"), value), value),
  parallel: value,
  memory_budget: value,
  steps: fc.oneof({ weight: 5, arbitrary: fc.array(step, { maxLength: 4 }) }, {
    weight: 1,
    arbitrary: value,
  }),
  meta: value,
  pipeline: value,
}, { requiredKeys: ["steps"] });

/** Fails unless it ends well or with an error that has faults, paths and one of our codes. */
async function assertOrderly(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof OsirisError, String(error));
    assert.match(error.code, /^(manifest|config|driver|usage)\//);
    for (const { path, message } of error.faults ?? []) {
      assert.ok(path !== "" && message !== "", JSON.stringify(error.faults));
      assert.doesNotMatch(message, /undefined|\[object/);
    }
  }
}

Deno.test("loadManifest() takes any object or refuses it with faults", async () => {
  await fc.assert(
    fc.asyncProperty(
      manifest,
      fc.boolean(),
      (object, isParallel) =>
        assertOrderly(() =>
          loadManifest(object, { drivers, parallel: isParallel ? 4 : 1 })
        ),
    ),
    { numRuns: 400 },
  );
});

Deno.test("loadManifest() takes any text or refuses it", async () => {
  await using dir = await tempDir();
  const path = dir.file("m.yaml");
  const line = fc.constantFrom(
    "steps:",
    "  - id: a",
    "    driver: fake.reader",
    "&x",
    "*x",
    "- ",
    "{",
    "}",
    "[",
    '"',
    "'",
    "|",
    "!!map",
    "\t",
    "a: 1",
    "? ",
    "<<: *x",
    "\0",
    "---",
  );
  const text = fc.array(line, { maxLength: 12 }).map((lines) =>
    lines.join("\n")
  );
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(text, fc.string({ unit: "binary" })),
      (content) =>
        assertOrderly(async () => {
          await Deno.writeTextFile(path, content);
          await loadManifest(path, { drivers });
        }),
    ),
    { numRuns: 200 },
  );
});

Deno.test("checkManifest() gives the same answer each time", async () => {
  await fc.assert(
    fc.asyncProperty(manifest, async (object) => {
      const answer = async (): Promise<string> => {
        try {
          const document = await readManifest(object, Deno.cwd());
          return JSON.stringify(await checkManifest(document, { drivers }));
        } catch (error) {
          return JSON.stringify((error as OsirisError).faults);
        }
      };
      assert.equal(await answer(), await answer());
    }),
    { numRuns: 50 },
  );
});
