/**
 * The kit for starts from elsewhere, tried on a small package: from a registry,
 * from a URL, by import; with `@std`, npm, data and a worker.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Entry, openEntry } from "./kit/entry.ts";
import { startFileServer } from "./kit/file_server.ts";
import { type JsrPackage, readPackage } from "./kit/jsr_package.ts";
import { startJsrRegistry, stdPackages } from "./kit/jsr_registry.ts";
import { stagePackage } from "./kit/stage.ts";
import { tempDir } from "./kit/temp.ts";

const SCRATCH = fileURLToPath(new URL("testdata/entry", import.meta.url));
const RUN = ["run", "--no-prompt", "--unstable-worker-options"];
const YAML = ["--yaml", "a: 010"];

async function startRegistry(change?: (scratch: JsrPackage) => JsrPackage) {
  const scratch = await readPackage(SCRATCH);
  return startJsrRegistry([
    change?.(scratch) ?? scratch,
    ...await stdPackages(),
  ]);
}

async function printed(entry: Entry, args: string[]): Promise<unknown> {
  const { code, stdout, stderr } = await entry.run([...RUN, ...args]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

Deno.test("a jsr: start runs a package with @std, data, a worker and npm", async () => {
  await using registry = await startRegistry();
  await using entry = await openEntry(registry);
  const start = ["jsr:@osiris/scratch/cli", ...YAML];
  assert.deepEqual(await printed(entry, start), { port: 80, a: 8 });
  assert.deepEqual(await printed(entry, [...start, "--worker"]), {
    port: 80,
    a: 8,
    npm: true,
    read: "prompt",
  });
  assert.ok(registry.requests.includes("/@std/yaml/1.0.10/parse.ts 200"));
});

Deno.test("a jsr: start without the flag for workers ends with 70", async () => {
  await using registry = await startRegistry();
  await using entry = await openEntry(registry);
  const { code } = await entry.run(
    ["run", "--no-prompt", "jsr:@osiris/scratch/cli", "--worker"],
  );
  assert.equal(code, 70);
});

Deno.test("a script of the user's imports a package from the registry", async () => {
  await using registry = await startRegistry();
  await using entry = await openEntry(registry);
  await entry.write(
    "use.ts",
    `import { settings, settingsByWorker } from "jsr:@osiris/scratch@^0.3";
    console.log(JSON.stringify([settings("b: 1"), JSON.parse(await settingsByWorker("c: 2"))]));`,
  );
  assert.deepEqual(await printed(entry, ["--check", "use.ts"]), [
    { port: 80, b: 1 },
    { port: 80, c: 2, npm: true, read: "prompt" },
  ]);
});

Deno.test("a start from a URL runs raw sources, @std from the registry", async () => {
  await using registry = await startRegistry();
  await using files = startFileServer(SCRATCH);
  await using entry = await openEntry(registry);
  const start = [`${files.url}cli.ts`, ...YAML, "--worker"];
  assert.deepEqual(await printed(entry, start), {
    port: 80,
    a: 8,
    npm: true,
    read: "prompt",
  });
  assert.ok(files.requests.includes("/src/worker.ts 200"));
});

Deno.test("a second start under --cached-only asks nobody", async () => {
  await using registry = await startRegistry();
  await using entry = await openEntry(registry);
  const start = ["jsr:@osiris/scratch/cli", ...YAML, "--worker"];
  const first = await printed(entry, start);
  const asked = registry.requests.length;
  assert.deepEqual(await printed(entry, ["--cached-only", ...start]), first);
  assert.equal(registry.requests.length, asked);
});

Deno.test("Deno refuses a file that is not what the registry's manifest says", async () => {
  await using registry = await startRegistry();
  // The answers of that registry, but for one byte.
  await using proxy = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const body = await (await fetch(new URL(pathname, registry.url))).text();
      return new Response(pathname.endsWith("/mod.ts") ? body + " " : body);
    },
  );
  await using entry = await openEntry(registry);
  const { code, stderr } = await entry.run(
    [...RUN, "jsr:@osiris/scratch/cli"],
    { env: { JSR_URL: `http://127.0.0.1:${proxy.addr.port}/` } },
  );
  assert.equal(code, 10, stderr);
  assert.match(stderr, /Integrity check failed/);
});

Deno.test("an entry without a registry reaches none", async () => {
  await using entry = await openEntry();
  const { code } = await entry.run([...RUN, "jsr:@osiris/scratch/cli"]);
  assert.equal(code, 1);
});

Deno.test("readPackage() chooses the files that deno publish chooses", async () => {
  await using registry = await startRegistry();
  await using entry = await openEntry(registry);
  const { code, stderr } = await entry.run(
    ["publish", "--dry-run", "--allow-dirty"],
    { cwd: SCRATCH },
  );
  assert.equal(code, 0, stderr);
  const chosen = [...stderr.matchAll(/^\s+file:\S*testdata\/entry(\S+) \(/gm)]
    .map(([, path]) => path);
  const { files } = await readPackage(SCRATCH);
  assert.deepEqual([...files.keys()], chosen.sort());
  assert.ok(!files.has("/src/any_test.ts") && !files.has("/notes/note.md"));
});

Deno.test("stagePackage() leaves out links, and the rest can be published", async () => {
  await using registry = await startRegistry();
  await using entry = await openEntry(registry);
  await using folder = await tempDir("stage-");
  const scratch = await readPackage(SCRATCH);
  const config = { name: "@osiris/scratch", version: "1.0.0", license: "MIT" };
  const files = new Map(scratch.files).set(
    "/deno.json",
    new TextEncoder().encode(
      JSON.stringify({ ...config, exports: "./mod.ts", links: ["./gone"] }),
    ),
  );
  await stagePackage({ ...scratch, files }, folder.path);
  const staged = JSON.parse(await Deno.readTextFile(folder.file("deno.json")));
  assert.deepEqual(staged, { ...config, exports: "./mod.ts" });
  const { code, stderr } = await entry.run(
    ["publish", "--dry-run", "--allow-dirty"],
    { cwd: folder.path },
  );
  assert.equal(code, 0, stderr);
});

Deno.test("startFileServer() hands out neither hidden files nor others", async () => {
  await using files = startFileServer(SCRATCH);
  const get = async (path: string) => {
    const answer = await fetch(files.url + path);
    return [answer.status, await answer.text()] as const;
  };
  assert.equal((await get("mod.ts"))[0], 200);
  for (const path of ["", "src", ".git/config", "%2e%2e/kit_test.ts", "gone"]) {
    assert.deepEqual(await get(path), [404, "Not found"], path);
  }
});
