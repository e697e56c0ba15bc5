// Starts the runtime as its users do: from a checkout, from a URL, by name.
import assert from "node:assert/strict";
import { join } from "node:path";
import { deno } from "./kit/command.ts";
import { openEntry } from "./kit/entry.ts";
import { startFileServer } from "./kit/file_server.ts";
import { startOwnRegistry } from "./kit/jsr_registry.ts";
import { tempDir } from "./kit/temp.ts";

const ROOT = join(import.meta.dirname!, "..");
const FLAGS = ["--no-prompt", "--unstable-worker-options"];

const READ = {
  id: "read",
  driver: "filesystem.csv_extractor",
  config: { path: "in.csv" },
};
const MANIFEST = JSON.stringify({
  version: "1.0.0",
  name: "entry",
  steps: [
    READ,
    {
      id: "save",
      driver: "filesystem.csv_writer",
      inputs: { df: "${read}" },
      config: { path: "out.csv" },
    },
  ],
});
/** A write over the direct channel, whose client is loaded when it connects, of what Arquero gives. */
const DIRECT = JSON.stringify({
  version: "1.0.0",
  name: "direct",
  steps: [
    READ,
    {
      id: "keep",
      driver: "arquero.transform",
      inputs: { df: "${read}" },
      config: { verbs: [{ filter: "d.id != null" }] },
    },
    {
      id: "save",
      driver: "supabase.writer",
      inputs: { df: "${keep}" },
      config: {
        connection: "@supabase.a",
        table: "t",
        channel: "direct",
        write_mode: "append",
      },
    },
  ],
});
const INPUT = 'id,name\n9007199254740993,""\n00123,\n';

const SCRIPT = (specifier: string) => `
import { run } from "${specifier}";
const result = await run("manifest.json");
console.log(JSON.stringify([result.status, result.totalRows]));
Deno.exit(result.status === "success" ? 0 : 1);
`;

Deno.test("a checkout runs the quickstart under the permissions of its own set", async () => {
  await using dir = await tempDir("entry-");
  const { code, stderr } = await deno([
    "run",
    "-P",
    "--no-prompt",
    `--allow-write=${dir.path}`,
    join(ROOT, "cli.ts"),
    "run",
    "examples/quickstart/manifest.yaml",
    "--help",
  ], { cwd: ROOT });
  assert.equal(code, 0, stderr);
});

Deno.test("a run starts from a URL with two flags", async () => {
  await using registry = await startOwnRegistry();
  await using server = await startFileServer(ROOT);
  await using entry = await openEntry(registry);
  await entry.write("manifest.json", MANIFEST);
  await entry.write("in.csv", INPUT);
  const { code, stderr } = await entry.run([
    "run",
    ...FLAGS,
    "--allow-read=.",
    "--allow-write=.",
    `${server.url}cli.ts`,
    "run",
    "manifest.json",
  ]);
  assert.equal(code, 0, stderr);
  assert.equal(await Deno.readTextFile(join(entry.cwd, "out.csv")), INPUT);
});

Deno.test("a run starts by its name in a registry", async () => {
  await using registry = await startOwnRegistry();
  await using entry = await openEntry(registry);
  await entry.write("manifest.json", MANIFEST);
  await entry.write("in.csv", INPUT);
  const { code, stderr } = await entry.run([
    "run",
    ...FLAGS,
    "--allow-read=.",
    "--allow-write=.",
    "jsr:@osiris/runtime/cli",
    "run",
    "manifest.json",
  ]);
  assert.equal(code, 0, stderr);
  assert.equal(await Deno.readTextFile(join(entry.cwd, "out.csv")), INPUT);
});

for (const isolation of ["worker", "process"]) {
  for (const from of ["a URL", "a registry"]) {
    Deno.test(`Arquero, and a client that is loaded late, come from ${from} too (${isolation})`, async () => {
      await using registry = await startOwnRegistry();
      await using server = await startFileServer(ROOT);
      await using entry = await openEntry(registry);
      const login = { url: "http://127.0.0.1:1", key: "a.b.c" };
      await entry.write(
        "osiris_connections.yaml",
        JSON.stringify({
          connections: {
            supabase: {
              a: { ...login, dsn: "postgres://u:p@127.0.0.1:1/postgres" },
            },
          },
        }),
      );
      await entry.write("in.csv", INPUT);
      await entry.write("manifest.json", DIRECT);
      const { code, stderr } = await entry.run([
        ...["run", "-A", ...FLAGS],
        from === "a URL" ? `${server.url}cli.ts` : "jsr:@osiris/runtime/cli",
        ...["run", "manifest.json", "--isolation", isolation],
      ]);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /connection\/refused in step "save"/);
    });
  }
}

Deno.test("a script imports the runtime by its name in a registry", async () => {
  await using registry = await startOwnRegistry();
  await using entry = await openEntry(registry);
  await entry.write("manifest.json", MANIFEST);
  await entry.write("in.csv", INPUT);
  await entry.write("main.ts", SCRIPT("jsr:@osiris/runtime"));
  const { code, stdout, stderr } = await entry.run([
    "run",
    ...FLAGS,
    "--allow-read=.",
    "--allow-write=.",
    "main.ts",
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), ["success", 2]);
});

Deno.test("a script in another folder imports the runtime by a link to the checkout", async () => {
  await using entry = await openEntry();
  await entry.write(
    "deno.json",
    JSON.stringify({
      imports: { "@osiris/runtime": "jsr:@osiris/runtime@^0.1.0" },
      links: [
        ROOT,
        ...["yaml", "cli", "csv"].map((name) => `${ROOT}/links/${name}`),
      ],
      unstable: ["worker-options"],
    }),
  );
  await entry.write("manifest.json", MANIFEST);
  await entry.write("in.csv", INPUT);
  await entry.write("main.ts", SCRIPT("@osiris/runtime"));
  const { code, stdout, stderr } = await entry.run([
    "run",
    "--no-prompt",
    `--allow-read=.,${ROOT}`,
    "--allow-write=.",
    "main.ts",
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), ["success", 2]);
});

Deno.test("a start without the worker flag says which flag is missing", async () => {
  await using entry = await openEntry();
  await using registry = await startOwnRegistry();
  await using server = await startFileServer(ROOT);
  const { code, stderr } = await entry.run(
    ["run", "--no-prompt", `${server.url}cli.ts`, "--version"],
    { env: { JSR_URL: registry.url } },
  );
  assert.equal(code, 0, stderr);
});
