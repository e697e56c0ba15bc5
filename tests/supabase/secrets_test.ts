// The service key: no byte of it is written, logged, thrown or posted to a sandbox, whether a run succeeds or fails.
import assert from "node:assert/strict";
import { join } from "node:path";
import { run, type RunResult } from "../../mod.ts";
import { deno } from "../kit/command.ts";
import { freePort } from "../kit/port.ts";
import type { Project } from "../kit/postgrest/project.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";
import {
  CANARY,
  Ear,
  errorText,
  folderText,
  formsOf,
  found,
  startGate,
} from "./canary.ts";
import { directFields, project, rowsOf } from "./kit.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const SQL = `CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL);
  CREATE TABLE copy (id bigint PRIMARY KEY, name text NOT NULL CHECK (name <> 'n7'));
  INSERT INTO people SELECT i, 'n' || i FROM generate_series(1, 2500) i;`;

/** Reads people into a file, a copy over REST and one over the direct channel. */
const steps = (most: number, direct: string) => [
  {
    id: "read",
    driver: "supabase.extractor",
    config: {
      connection: "@supabase.canary",
      table: "people",
      filter: { id: [`lte.${most}`, "neq.7"] },
    },
  },
  {
    id: "save",
    driver: "filesystem.csv_writer",
    inputs: { df: "${read}" },
    config: { path: "out.csv" },
  },
  {
    id: "write",
    driver: "supabase.writer",
    inputs: { df: "${read}" },
    config: {
      connection: "@supabase.canary",
      table: "copy",
      channel: "rest",
      batch_size: 500,
    },
  },
  {
    id: "again",
    driver: "supabase.writer",
    inputs: { df: "${read}" },
    config: {
      connection: "@supabase.canary",
      table: "copy",
      write_mode: direct,
      channel: "direct",
    },
  },
];

interface Bench extends AsyncDisposable {
  readonly at: Project;
  /** Where the run works. */
  readonly folder: TempDir;
  readonly connections: string;
}

/** A project behind a gate; the connections file lies outside the run's folder. */
async function bench(
  at: Project,
  url: string,
  more: Record<string, unknown> = {},
): Promise<Bench> {
  const folder = await tempDir("canary-");
  const outside = await tempDir("canary-connections-");
  const canary = {
    url,
    "service_role_key": CANARY,
    ...directFields(at),
    ...more,
  };
  const connections = await outside.write(
    "osiris_connections.yaml",
    JSON.stringify({ connections: { supabase: { canary } } }),
  );
  return {
    ...{ at, folder, connections },
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await outside[Symbol.asyncDispose]();
    },
  };
}

const goes = (it: Bench, list: object[]): Promise<RunResult> =>
  run({ version: "1.0.0", name: "canary", steps: list }, {
    cwd: it.folder.path,
    connections: it.connections,
  });

/** Nothing of the key or of the database's password is in these texts. */
function assertClean(at: Project, texts: Record<string, string>): void {
  for (const [name, text] of Object.entries(texts)) {
    assert.ok(text.length > 100, `${name} is no evidence`);
    for (const secret of [CANARY, at.connection.password]) {
      assert.deepEqual(found(text, secret), [], name);
    }
  }
}

Deno.test("the search for the key finds it in each of its forms", () => {
  const texts = {
    plain: `x${CANARY}x`,
    url: `https://x/?apikey=${encodeURIComponent(CANARY)}`,
    query: String(new URLSearchParams({ apikey: CANARY })),
    json: JSON.stringify({ key: CANARY }),
    "json twice": JSON.stringify(JSON.stringify({ key: CANARY })),
    hex: new TextEncoder().encode(`a${CANARY}`).toHex(),
    "base64 at 0": btoa(`Bearer12:${CANARY}z`),
    "base64 at 1": btoa(`user:${CANARY}z`.slice(1)),
    "base64 at 2": btoa(`user:${CANARY}z`),
  };
  for (const [form, text] of Object.entries(texts)) {
    assert.ok(found(text, CANARY).includes(form), form);
  }
  assert.deepEqual(found("nothing", CANARY), []);
  assert.equal(new Set(formsOf(CANARY).values()).size > 9, true);
});

Deno.test("a run with Supabase leaves nothing of the key anywhere, and posts none to a sandbox", async () => {
  await using at = await project(SQL);
  await using gate = startGate(at);
  await using it = await bench(at, gate.url);
  using ear = new Ear();
  const result = await goes(it, steps(2500, "upsert"));
  assert.equal(result.error, undefined);
  assert.deepEqual(await rowsOf(at, "SELECT count(*) FROM copy"), [["2499"]]);
  assert.ok(gate.admitted > 8, "the key reached the gate");
  assert.ok(ear.count > 50);
  // The password of the direct channel is for the driver itself; the key is not.
  assert.deepEqual(found(ear.text, CANARY), []);
  assert.ok(ear.text.includes("osiris-secret-service_role_key"));
  assertClean(at, {
    folder: await folderText(it.folder.path),
    result: errorText(result),
  });
});

Deno.test("runs with Supabase that fail leave nothing of the key anywhere", async () => {
  await using at = await project(SQL);
  await using gate = startGate(at);
  await using indiscreet = startGate(at, true);
  const failures: [string, string, object[], Record<string, unknown>][] = [
    ["sql/duplicate-key", gate.url, steps(20, "append"), {}],
    ["sql/unknown-table", gate.url, [{
      ...steps(1, "append")[0],
      config: { connection: "@supabase.canary", table: "peple" },
    }], {}],
    ["http/auth", indiscreet.url, steps(1, "append").slice(0, 2), {}],
    ["connection/auth", gate.url, steps(20, "append").slice(0, 4), {
      pg_password: `${at.connection.password}x`,
    }],
    [
      "connection/refused",
      `http://127.0.0.1:${freePort()}`,
      steps(1, "append"),
      {},
    ],
  ];
  for (const [code, url, list, fields] of failures) {
    await at.sql("TRUNCATE copy");
    await using it = await bench(at, url, fields);
    using ear = new Ear();
    const result = await goes(it, list);
    assert.equal(result.error?.code, code, result.error?.message);
    // What a server sends back goes to the driver as it is; all else must be clean.
    if (url !== indiscreet.url) assert.deepEqual(found(ear.text, CANARY), []);
    assertClean(at, {
      folder: await folderText(it.folder.path),
      result: errorText(result),
      error: errorText(result.error),
    });
  }
});

Deno.test("the command line says nothing of the key, in whatever mood", async () => {
  await using at = await project(SQL);
  await using gate = startGate(at);
  await using indiscreet = startGate(at, true);
  for (const [url, code] of [[gate.url, 0], [indiscreet.url, 1]] as const) {
    await using it = await bench(at, url);
    const list = steps(30, "upsert").slice(0, 2);
    await it.folder.write("m.json", JSON.stringify({ steps: list }));
    let said = "";
    for (
      const args of [
        ["run", "m.json", "--verbose"],
        ["run", "m.json", "--json"],
        ["connections", "doctor", "--json"],
        ["discover", "@supabase.canary"],
        ["plan", "m.json", "--json"],
        ["runs", "show", "last"],
      ]
    ) {
      const ended = await deno([
        ...["run", "-A", "--no-prompt", "--unstable-worker-options"],
        ...[join(ROOT, "cli.ts"), ...args, "--connections", it.connections],
      ], { cwd: it.folder.path });
      const isAsked = ["plan", "runs"].includes(args[0]);
      if (!isAsked) {
        assert.equal(ended.code === 0, code === 0, ended.stderr + ended.stdout);
      }
      said += ended.stdout + ended.stderr;
    }
    assertClean(at, { said, folder: await folderText(it.folder.path) });
  }
});

Deno.test("direct_secret gives the key to the driver itself, and still to nobody else", async () => {
  await using at = await project(SQL);
  await using gate = startGate(at);
  await using it = await bench(at, gate.url, { direct_secret: true });
  using ear = new Ear();
  const result = await goes(it, steps(50, "upsert"));
  assert.equal(result.error, undefined);
  assert.ok(gate.admitted > 3);
  assert.ok(found(ear.text, CANARY).includes("plain"));
  assert.ok(!ear.text.includes("osiris-secret-service_role_key"));
  assertClean(at, {
    folder: await folderText(it.folder.path),
    result: errorText(result),
  });
});
