// Holds the layers: imports only point down, and never in circles.
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dirname!, "..");

/** From the ground up. A folder may import from itself and from what is before it. */
const LAYERS = [
  ["src/error.ts"],
  [
    "src/suggest.ts",
    "src/units.ts",
    "src/describe.ts",
    "src/permission.ts",
    "src/prompts.ts",
  ],
  ["src/fault_list.ts", "src/network_error.ts"],
  ["src/deps"],
  ["src/table"],
  ["src/driver"],
  ["src/csv", "src/json", "src/schema", "src/protocol.ts", "src/event.ts"],
  ["src/channel"],
  ["src/manifest", "src/connection"],
  ["src/plan"],
  ["src/worker"],
  ["src/pipe"],
  ["src/host"],
  ["src/modules", "src/lock"],
  ["src/run"],
  ["src/testing"],
  ["drivers"],
  // Programs of their own, imported by nobody: the boot module holds the
  // author's API in its graph, so that a driver may import it unasked.
  [
    "driver.ts",
    "testing.ts",
    "arquero.ts",
    "src/worker/module.worker.ts",
  ],
  ["mod.ts"],
  ["src/cli"],
  ["cli.ts"],
];

/** What a driver may see of the runtime: the contract, tables and codecs, never how it is run. */
const OPEN_TO_DRIVERS = [
  "src/error.ts",
  "src/suggest.ts",
  "src/units.ts",
  "src/describe.ts",
  "src/network_error.ts",
  "src/deps",
  "src/table",
  "src/driver",
  "src/csv",
  "src/json",
  "src/schema",
  "drivers",
];

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(join(ROOT, folder))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* sources(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

async function importGraph(): Promise<Map<string, string[]>> {
  const files = ["mod.ts", "cli.ts", "driver.ts", "testing.ts", "arquero.ts"];
  for (const folder of ["src", "drivers"]) {
    for await (const file of sources(folder)) files.push(file);
  }
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const text = await Deno.readTextFile(join(ROOT, file)).catch(() => "");
    // Examples in doc comments import too, but are not part of the graph.
    const code = text.replace(/^\s*\*.*$/gm, "");
    const found = [
      ...code.matchAll(/\bfrom\s+"(\.[^"]+)"|^import\s+"(\.[^"]+)"/gm),
    ];
    graph.set(
      file,
      found.map((match) =>
        relative(ROOT, join(ROOT, dirname(file), match[1] ?? match[2]))
      ),
    );
  }
  return graph;
}

function isIn(file: string, part: string): boolean {
  return file === part || file.startsWith(`${part}/`);
}

function layerOf(file: string): number {
  const exact = LAYERS.findIndex((layer) => layer.includes(file));
  return exact >= 0
    ? exact
    : LAYERS.findIndex((layer) => layer.some((part) => isIn(file, part)));
}

const graph = await importGraph();

Deno.test("every source file has a layer", () => {
  assert.deepEqual([...graph.keys()].filter((file) => layerOf(file) < 0), []);
});

Deno.test("imports point down", () => {
  const uphill = [...graph].flatMap(([file, imports]) =>
    imports.filter((other) => layerOf(other) > layerOf(file))
      .map((other) => `${file} -> ${other}`)
  );
  assert.deepEqual(uphill, []);
});

Deno.test("imports make no circle", () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), `circle: ${[...path, file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const other of graph.get(file) ?? []) visit(other, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
});

Deno.test("a driver imports the contract and tables, never how it is run", () => {
  const wrong = [...graph].filter(([file]) =>
    isIn(file, "drivers") && !file.endsWith(".worker.ts") &&
    file !== "drivers/builtin.ts"
  ).flatMap(([file, imports]) =>
    imports.filter((other) =>
      !OPEN_TO_DRIVERS.some((part) => isIn(other, part))
    )
      .map((other) => `${file} -> ${other}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("a driver imports no driver of another family", () => {
  const family = (file: string) => file.split("/")[1];
  const wrong = [...graph].filter(([file]) =>
    isIn(file, "drivers") && file !== "drivers/builtin.ts"
  ).flatMap(([file, imports]) =>
    imports.filter((other) =>
      isIn(other, "drivers") && family(other) !== family(file)
    ).map((other) => `${file} -> ${other}`)
  );
  assert.deepEqual(wrong, []);
});

Deno.test("third-party modules are named in src/deps alone", async () => {
  const wrong: string[] = [];
  for (const file of graph.keys()) {
    if (isIn(file, "src/deps")) continue;
    const text = await Deno.readTextFile(join(ROOT, file)).catch(() => "");
    const code = text.replace(/^\s*\*.*$/gm, "");
    if (/\bfrom\s+"(npm|jsr|https?):/.test(code)) wrong.push(file);
  }
  assert.deepEqual(wrong, []);
});
