/**
 * Manifests as the original's compiler wrote them (`tests/testdata/compiled`).
 */
import assert from "node:assert/strict";
import { builtinDrivers as drivers } from "../../drivers/builtin.ts";
import { run } from "../../mod.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { refusal } from "../kit/faults.ts";
import { tempDir } from "../kit/temp.ts";

const manifestOf = (name: string): URL =>
  new URL(`../testdata/compiled/${name}/manifest.yaml`, import.meta.url);

Deno.test("every compiled manifest of the original loads", async () => {
  const cases: [string, string, number][] = [
    ["copy-tables", "copy-tables", 4],
    ["shop-report", "shop-report", 5],
    ["t-csv", "csvrt", 2],
    ["t-fanin", "fanin", 3],
    ["t-order", "order", 2],
  ];
  for (const [folder, name, steps] of cases) {
    // In any order: t-order has a writer above its extractor.
    const manifest = await loadManifest(manifestOf(folder), { parallel: 2 });
    assert.deepEqual([manifest.form, manifest.name, manifest.profile], [
      "compiled",
      name,
      "dev",
    ]);
    assert.equal(manifest.steps.length, steps);
    assert.equal(Object.keys(manifest.cfg).length, steps);
  }
});

Deno.test("compiled configs fit our drivers, fillers included", async () => {
  for (const folder of ["copy-tables", "t-csv"]) {
    await loadManifest(manifestOf(folder), { drivers });
  }
  await loadManifest(manifestOf("t-order"), { drivers, parallel: 2 });
});

Deno.test("what the original gets wrong without a word is refused", async () => {
  const order = await refusal(() =>
    loadManifest(manifestOf("t-order"), { drivers })
  );
  assert.deepEqual(order.faults?.map(({ path }) => path), [
    "steps[0].needs[0]",
  ]);
  const fanIn = await refusal(() =>
    loadManifest(manifestOf("t-fanin"), { drivers })
  );
  assert.deepEqual(fanIn.faults?.map(({ path }) => path), ["steps[2].needs"]);
});

Deno.test("a driver that is not there is named with its place", async () => {
  const { faults } = await refusal(() =>
    loadManifest(manifestOf("shop-report"), { drivers })
  );
  const unknown = faults?.filter(({ message }) =>
    message.startsWith("no driver is named")
  );
  assert.ok(
    unknown?.some(({ path, message }) =>
      path === "steps[2].driver" && message.includes("duckdb.processor")
    ),
  );
});

Deno.test("t-csv runs and copies the file", async () => {
  await using dir = await tempDir();
  await dir.write("in/c.csv", "id,name\n1,ä\n2,\n");
  const result = await run(manifestOf("t-csv"), {
    cwd: dir.path,
    isolation: "inline",
  });
  assert.equal(result.status, "success", result.error?.message);
  assert.equal(
    await Deno.readTextFile(dir.file("out/c.csv")),
    "id,name\n1,ä\n2,\n",
  );
});
