// Drivers of the user's from every place, in whole runs.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { run } from "../../mod.ts";
import { sha256Bytes } from "../../src/modules/hash.ts";
import type { RunResult } from "../../src/run/result.ts";
import { deno } from "../kit/command.ts";
import { startFileServer } from "../kit/file_server.ts";
import { openEntry } from "../kit/entry.ts";
import { readPackage } from "../kit/jsr_package.ts";
import { startJsrRegistry, stdPackages } from "../kit/jsr_registry.ts";
import { startNpmRegistry } from "../kit/npm_registry.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DRIVERS = fileURLToPath(new URL("../testdata/drivers", import.meta.url));

const steps = (driver: string): object[] => [
  { id: "rows", driver },
  {
    id: "save",
    driver: "filesystem.csv_writer",
    inputs: { df: "${rows}" },
    config: { path: "out.csv" },
  },
];

async function runIn(dir: TempDir, driver: string): Promise<RunResult> {
  return await run({ name: "modules", steps: steps(driver) }, {
    cwd: dir.path,
  });
}

const saved = (dir: TempDir): Promise<string> =>
  Deno.readTextFile(dir.file("out.csv"));

Deno.test("a driver from a file runs in a sandbox that may read its own code", async () => {
  await using dir = await tempDir();
  const result = await runIn(dir, `file://${DRIVERS}/one_row.ts`);
  assert.equal(result.status, "success", result.error?.message);
  assert.deepEqual(result.unsandboxed, []);
  assert.equal(await saved(dir), "one\n1\n");
});

Deno.test(
  "a driver from a URL runs without any permission",
  async () => {
    await using dir = await tempDir();
    await using server = startFileServer(DRIVERS);
    const hash = await sha256Bytes(
      await Deno.readFile(`${DRIVERS}/bundled.js`),
    );
    const events: unknown[] = [];
    const manifest = {
      name: "modules",
      steps: steps(`${server.url}bundled.js#sha256=${hash}`),
    };
    const result = await run(manifest, {
      cwd: dir.path,
      onEvent: (event) => event.event === "step_start" && events.push(event),
    });
    assert.equal(result.status, "success", result.error?.message);
    assert.equal(await saved(dir), "n\n1\n2\n");
    const [{ permissions, sha256 }] = events as {
      permissions: unknown;
      sha256: string;
    }[];
    assert.deepEqual(permissions, { net: [], read: [], write: [] });
    assert.equal(sha256, hash);
  },
);

Deno.test("a driver that is changed after it was planned can't read what it newly imports", async () => {
  await using dir = await tempDir();
  const source = await Deno.readTextFile(`${DRIVERS}/bundled.js`);
  await dir.write("secret.ts", "export const secret = 1;");
  await dir.write(
    "sly.ts",
    source.replace(
      "async *run() {",
      'async *run() {\n await import("./" + "secret.ts");',
    ),
  );
  const result = await runIn(dir, "./sly.ts");
  assert.equal(result.error?.code, "driver/permission");
  assert.match(result.error!.message, /Requires read access to ".*secret\.ts"/);
});

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`a driver that is changed after it was planned does not run (${isolation})`, async () => {
    await using dir = await tempDir();
    const source = await Deno.readTextFile(`${DRIVERS}/bundled.js`);
    await dir.write("honest.js", source);
    const entry = dir.file("honest.js");
    const result = await run({ name: "modules", steps: steps("./honest.js") }, {
      cwd: dir.path,
      isolation,
      onEvent({ event }) {
        if (event !== "step_start") return;
        Deno.writeTextFileSync(entry, source.replaceAll("one", "two"));
      },
    });
    assert.equal(result.error?.code, "driver/hash-mismatch");
    assert.equal(result.error.step, "rows");
  });
}

Deno.test("an error of another copy of the author's API keeps its code and hint", async () => {
  await using dir = await tempDir();
  const source = await Deno.readTextFile(`${DRIVERS}/bundled.js`);
  await dir.write(
    "bundle.js",
    source.replace(
      "async *run() {",
      `async *run() {
        class OsirisError extends Error { name = "OsirisError"; code = "data/syntax"; hint = "Mend it"; }
        throw new OsirisError("Cannot read it: it is broken");`,
    ),
  );
  const { error } = await runIn(dir, "./bundle.js");
  assert.deepEqual([error?.code, error?.message, error?.hint, error?.step], [
    "data/syntax",
    "Cannot read it: it is broken",
    "Mend it",
    "rows",
  ]);
});

Deno.test("a driver from npm runs at its exact version", async () => {
  await using dir = await tempDir();
  const source = await Deno.readTextFile(`${DRIVERS}/bundled.js`);
  await using registry = await startNpmRegistry({
    name: "@kit/driver",
    version: "1.2.3",
    files: {
      "package.json": JSON.stringify({
        name: "@kit/driver",
        version: "1.2.3",
        type: "module",
        exports: "./index.js",
      }),
      "index.js": source,
    },
  });
  await dir.write("home/.npmrc", `@kit:registry=${registry.url}\n`);
  await dir.write(
    "work/m.json",
    JSON.stringify({ name: "npm", steps: steps("npm:@kit/driver@1.2.3") }),
  );
  const env = { HOME: dir.file("home"), DENO_DIR: await denoDir() };
  const osiris = (...args: string[]) =>
    deno([
      "run",
      "-A",
      "--no-lock", // the package is nowhere but here
      "--no-prompt",
      "--unstable-worker-options",
      `${ROOT}/cli.ts`,
      ...args,
    ], { cwd: dir.file("work"), env });
  const { code, stderr } = await osiris("run", "m.json");
  assert.equal(code, 0, stderr);
  assert.equal(await Deno.readTextFile(dir.file("work/out.csv")), "n\n1\n2\n");
  // A version that may be another tomorrow can't be locked.
  await dir.write(
    "work/m.json",
    JSON.stringify({ name: "npm", steps: steps("npm:@kit/driver") }),
  );
  const locked = await osiris("lock", "m.json", "--allow-unpinned");
  assert.equal(locked.code, 2, locked.stderr);
  assert.match(locked.stderr, /driver\/unpinned.*\n.*no exact version/);
});

/** Where packages are cached, which a changed HOME would move. */
async function denoDir(): Promise<string> {
  const { stdout } = await deno(["info", "--json"]);
  return JSON.parse(stdout).denoDir;
}

Deno.test(
  "a driver from JSR runs beside a runtime from JSR, and imports its API",
  async () => {
    const own = await readPackage(ROOT);
    const driver = await Deno.readTextFile(`${DRIVERS}/one_row.ts`);
    const encode = (text: string) => new TextEncoder().encode(text);
    await using registry = startJsrRegistry([own, ...await stdPackages(), {
      name: "@kit/rows",
      version: "1.0.0",
      exports: { ".": "./mod.ts" },
      files: new Map([[
        "/mod.ts",
        encode(
          driver.replace(
            "../../../driver.ts",
            `jsr:@osiris/runtime@${own.version}/driver`,
          ),
        ),
      ]]),
    }]);
    await using entry = await openEntry(registry);
    await entry.write(
      "m.json",
      JSON.stringify({ name: "jsr", steps: steps("jsr:@kit/rows@1.0.0") }),
    );
    const start = ["run", "-A", "--no-prompt", "--unstable-worker-options"];
    const cli = `jsr:@osiris/runtime@${own.version}/cli`;
    const { code, stderr } = await entry.run([...start, cli, "run", "m.json"]);
    assert.equal(code, 0, stderr);
    assert.equal(await Deno.readTextFile(`${entry.cwd}/out.csv`), "one\n1\n");
  },
);
