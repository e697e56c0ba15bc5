import assert from "node:assert/strict";
import { tableNames } from "../../src/manifest/compiled_steps.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { fakeDrivers as drivers } from "../kit/fake_drivers.ts";
import { faultsOf } from "../kit/faults.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

interface Written {
  readonly [key: string]: unknown;
}

async function writeCompiled(
  dir: TempDir,
  steps: readonly Written[],
  cfg: Record<string, unknown>,
): Promise<string> {
  for (const [path, value] of Object.entries(cfg)) {
    await dir.write(
      path,
      typeof value === "string" ? value : JSON.stringify(value),
    );
  }
  const manifest = {
    pipeline: { id: "shop", fingerprints: {} },
    meta: { profile: "dev" },
    name: "x",
    steps,
  };
  return dir.write("manifest.yaml", JSON.stringify(manifest));
}

Deno.test("loadManifest() reads the compiled form: configs beside it, inputs from needs", async () => {
  await using dir = await tempDir();
  const path = await writeCompiled(dir, [
    {
      id: "pull-1",
      driver: "fake.reader",
      component: "fake.reader",
      "cfg_path": "cfg/pull.json",
      needs: [],
    },
    {
      id: "save",
      component: "fake.writer",
      "cfg_path": "cfg/save.json",
      needs: ["pull-1"],
    },
  ], {
    "cfg/pull.json": {
      component: "fake.reader",
      mode: "extract",
      connection: "@filesystem.in",
      path: "a.csv",
      delimiter: null,
    },
    "cfg/save.json": { component: "fake.writer", mode: "write", path: "b.csv" },
  });
  const manifest = await loadManifest(path, { drivers });
  assert.deepEqual([manifest.form, manifest.name, manifest.profile], [
    "compiled",
    "shop",
    "dev",
  ]);
  const [pull, save] = manifest.steps;
  assert.deepEqual(pull.config, { path: "a.csv" });
  assert.equal(pull.connection, "@filesystem.in");
  const table = { kind: "table", step: "pull-1", output: "df" };
  assert.deepEqual(save.inputs, { df: table, df_pull_1: table });
  assert.equal(save.driver, "fake.writer");
  assert.deepEqual(Object.keys(manifest.cfg), [
    "cfg/pull.json",
    "cfg/save.json",
  ]);
  assert.deepEqual(manifest.files, [
    path,
    dir.file("cfg/pull.json"),
    dir.file("cfg/save.json"),
  ]);
});

Deno.test("loadManifest() finds configs where the original looks for them", async () => {
  for (const place of ["cfg/a.json", "compiled/cfg/a.json", "a.json"]) {
    await using dir = await tempDir();
    const step = { id: "a", driver: "fake.reader", "cfg_path": "cfg/a.json" };
    const path = await writeCompiled(dir, [step], { [place]: { path: "x" } });
    assert.deepEqual((await loadManifest(path)).files, [path, dir.file(place)]);
  }
});

Deno.test("loadManifest() reports all missing, malformed and outlying configs", async () => {
  await using dir = await tempDir();
  const step = (id: string, path: string) => ({
    id,
    driver: "fake.reader",
    "cfg_path": path,
  });
  const steps = [
    step("a", "cfg/no.json"),
    step("b", "../secret.json"),
    step("c", "/etc/passwd"),
    step("d", "file:///etc/passwd"),
    step("e", "cfg/bad.json"),
    step("f", "cfg/../../x.json"),
  ];
  const path = await writeCompiled(dir, steps, {
    "cfg/bad.json": '{"password": "hunter2",}',
  });
  assert.deepEqual(await faultsOf(() => loadManifest(path)), [
    "manifest/invalid",
    'steps[0].cfg_path: there is no file "cfg/no.json" beside the manifest',
    'steps[1].cfg_path: "../secret.json" is not below the manifest\'s folder',
    'steps[2].cfg_path: "/etc/passwd" is not below the manifest\'s folder',
    'steps[3].cfg_path: "file:///etc/passwd" is not below the manifest\'s folder',
    "steps[4].cfg_path: the file is no JSON (position 23 (line 1 column 24))",
    'steps[5].cfg_path: "cfg/../../x.json" is not below the manifest\'s folder',
  ]);
});

Deno.test("loadManifest() refuses keys that the compiler does not write", async () => {
  await using dir = await tempDir();
  const path = await writeCompiled(dir, [
    { id: "a", "cfg_path": "a.json", retry: {}, when: "x" },
    { id: "b", driver: "fake.reader" },
    {
      id: "c",
      driver: "fake.reader",
      "cfg_path": "list.json",
      needs: ["a", "a"],
    },
  ], { "a.json": {}, "list.json": [] });
  assert.deepEqual(await faultsOf(() => loadManifest(path)), [
    "manifest/invalid",
    "steps[0].retry: unknown key",
    "steps[0].when: unknown key",
    "steps[0].driver: is missing",
    "steps[1].cfg_path: is missing",
    "steps[2]:list.json: the file holds no map",
    'steps[2].needs[1]: "a" is there twice',
  ]);
});

Deno.test("loadManifest() takes needs that only give an order for no inputs", async () => {
  await using dir = await tempDir();
  const step = (id: string, kind: string, ...needs: string[]) => ({
    id,
    driver: `fake.${kind}`,
    "cfg_path": "c.json",
    needs,
  });
  const steps = [
    step("a", "reader"),
    step("b", "writer", "a"),
    step("c", "reader", "b"),
    step("d", "writer", "b", "c"),
  ];
  const path = await writeCompiled(dir, steps, { "c.json": { path: "x" } });
  const manifest = await loadManifest(path, { drivers });
  assert.deepEqual(manifest.steps.map(({ inputs }) => Object.keys(inputs)), [
    [],
    ["df", "df_a"],
    [],
    ["df_c"],
  ]);
  assert.deepEqual(
    await faultsOf(() => loadManifest(path, { drivers, parallel: 2 })),
    [
      "manifest/invalid",
      "steps[2].needs[0]: asks for an order only, which parallel execution does not keep",
      "steps[3].needs[0]: asks for an order only, which parallel execution does not keep",
    ],
  );
});

Deno.test("tableNames() sanitises ids and keeps equal ones apart by a hash", async () => {
  assert.deepEqual([...await tableNames(["a-b", "a_b", "1st", "é"])], [
    ["df_a_b", "a-b"],
    ["df_a_b_648fa9b3", "a_b"],
    ["df__1st", "1st"],
    ["df__", "é"],
  ]);
  assert.deepEqual([...await tableNames(["a"])], [["df", "a"], ["df_a", "a"]]);
});
