/** `connections doctor` and `discover` for a project, under the very permissions they need. */
import assert from "node:assert/strict";
import { type CommandResult, deno } from "../kit/command.ts";
import { freePort } from "../kit/port.ts";
import type { Project } from "../kit/postgrest/project.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";
import { directFields, project, serviceConnection } from "./kit.ts";

const CLI = new URL("../../cli.ts", import.meta.url).pathname;
const TABLES = `
  CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (id uuid PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers,
    total numeric, paid_at timestamptz, tags text[]);
  CREATE VIEW totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY customer_id;
  CREATE FUNCTION report(since date) RETURNS SETOF orders LANGUAGE sql STABLE AS 'SELECT * FROM orders';`;

interface Job extends AsyncDisposable {
  readonly at: Project;
  readonly folder: TempDir;
  osiris(...args: string[]): Promise<CommandResult>;
}

/** A project, and a folder whose connections name it well and wrongly. */
async function job(): Promise<Job> {
  const at = await project(TABLES);
  const folder = await tempDir("supabase-doctor-");
  const { url } = at;
  const closed = freePort();
  const good = { ...serviceConnection(at), ...directFields(at) };
  const supabase = {
    good,
    public: { url, "anon_key": at.anonKey },
    wrong: { url, "service_role_key": "wrong-hunter22" },
    nowhere: { url: `http://127.0.0.1:${closed}/`, key: "k-hunter22" },
    login: { ...good, "pg_password": "wrong-hunter22" },
  };
  await folder.write(
    "osiris_connections.yaml",
    JSON.stringify({ connections: { supabase } }),
  );
  const hosts = [new URL(url).host, `127.0.0.1:${at.connection.port}`];
  return {
    ...{ at, folder },
    osiris: (...args) =>
      deno([
        ...["run", "--no-prompt", "--unstable-worker-options"],
        ...["--allow-read", `--allow-net=${hosts},127.0.0.1:${closed}`, CLI],
        ...args,
      ], { cwd: folder.path }),
    async [Symbol.asyncDispose]() {
      await at[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

interface Found {
  readonly reference: string;
  readonly status: string;
  readonly facts?: Record<string, unknown>;
  readonly warnings?: string[];
  readonly error?: { readonly code: string };
}

Deno.test("osiris connections doctor tells what is wrong with a project's keys, hosts and direct channel", async () => {
  await using it = await job();
  const { code, stdout, stderr } = await it.osiris(
    "connections",
    "doctor",
    "--json",
  );
  assert.equal(code, 2, stderr); // so many are bad
  const found = new Map(
    (JSON.parse(stdout) as Found[]).map((
      one,
    ) => [one.reference.slice(10), one]),
  );
  const outcome = [...found].map(([name, { status, error }]) =>
    [name, status, error?.code].filter(Boolean).join(" ")
  );
  assert.deepEqual(outcome, [
    "good ok",
    "public ok",
    "wrong failed http/auth",
    "nowhere failed connection/refused",
    "login ok",
  ]);
  const { facts, warnings } = found.get("good")!;
  assert.equal(facts?.tables, 3);
  assert.equal(facts?.key, "service_role_key");
  assert.match(String(facts?.direct), /PostgreSQL|\d/);
  assert.deepEqual(warnings ?? [], []);
  const warned = (name: string) => found.get(name)?.warnings?.join("\n") ?? "";
  assert.match(warned("public"), /row-level security/);
  assert.match(warned("public"), /no direct channel/);
  assert.match(warned("login"), /password/);
  assert.doesNotMatch(stdout + stderr, /hunter22/);
  assert.ok(!stdout.includes(it.at.serviceKey));
});

Deno.test("osiris discover lists a project's tables and describes one", async () => {
  await using it = await job();
  const list = await it.osiris("discover", "@supabase.good");
  assert.equal(list.code, 0, list.stderr);
  assert.match(list.stdout, /orders {2,}table/);
  assert.match(list.stdout, /totals {2,}(view|table)/);
  const { code, stdout } = await it.osiris(
    "discover",
    "@supabase.good",
    "orders",
    "--json",
  );
  assert.equal(code, 0);
  const [{ name, columns }] = [JSON.parse(stdout)].flat();
  assert.equal(name, "orders");
  const types =
    (columns as { name: string; type: string; key: string | null }[])
      .map(({ name, type, key }) => [name, type, key]);
  assert.deepEqual(types, [
    ["id", "uuid", "primary"],
    ["customer_id", "bigint", null],
    ["total", "numeric", null],
    ["paid_at", "timestamp with time zone", null],
    ["tags", "text[]", null],
  ]);
  const near = await it.osiris("discover", "@supabase.good", "oders");
  assert.notEqual(near.code, 0);
  assert.match(near.stderr, /Did you mean "orders"/);
});
