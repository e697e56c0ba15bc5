// Each thing that goes wrong has a code of its own, a hint, and no secret or value of a row in any text.
import assert from "node:assert/strict";
import type { OsirisError } from "../../src/error.ts";
import { types } from "../../src/table/type.ts";
import { needsFixture, type Project } from "../kit/postgrest/project.ts";
import { freePort } from "../kit/port.ts";
import { batchOf } from "../kit/table.ts";
import {
  directFields,
  extract,
  load,
  project,
  serviceConnection,
} from "./kit.ts";

const TABLES = `
  CREATE TABLE parents (id int PRIMARY KEY);
  CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL, code text UNIQUE, parent int REFERENCES parents,
    age int CHECK (age >= 0), short varchar(5), at timestamptz);
  INSERT INTO t VALUES (1, 'one', 'c1', NULL, 1, 'x', NULL);`;

/** What an attempt fails with. */
async function failure(attempt: Promise<unknown>): Promise<OsirisError> {
  try {
    await attempt;
  } catch (thrown) {
    return thrown as OsirisError;
  }
  assert.fail("it did not fail");
}

/** Rows 2 to 6, of which the fourth has this value. */
function rowsWith(column: string, value: unknown) {
  const ids = [2, 3, 4, 5, 6];
  const text = (make: (id: number) => unknown, name: string) =>
    ids.map((id) => id === 5 && column === name ? value : make(id)) as string[];
  return batchOf(
    ["id", types.int32, text((id) => id, "id") as unknown as number[]],
    ["name", types.utf8, text((id) => `n${id}`, "name")],
    ["code", types.utf8, text((id) => `c${id}`, "code")],
    ["parent", types.int32, text(() => null, "parent") as unknown as number[]],
    ["age", types.int32, text((id) => id, "age") as unknown as number[]],
    ["short", types.utf8, text(() => "s", "short")],
    ["at", types.utf8, text(() => "2024-01-01", "at")],
  );
}

const ways = (at: Project) => ({
  rest: serviceConnection(at),
  direct: { ...serviceConnection(at), ...directFields(at) },
});

Deno.test("supabase.writer names column and row of what a constraint refuses, in either way", async () => {
  await using at = await project(TABLES);
  const cases = [
    ["id", 1, "sql/duplicate-key", "id"],
    ["name", null, "sql/not-null", "name"],
    ["code", "c1", "sql/duplicate-key", "code"],
    ["parent", 77, "sql/foreign-key", "parent"],
    ["age", -5, "sql/check", undefined],
    ["at", "not-a-date", "data/type", "at"],
    ["name", "nul\0", "data/encoding", "name"],
  ] as const;
  for (const [channel, connection] of Object.entries(ways(at))) {
    for (const [column, value, code, named] of cases) {
      const error = await failure(
        load(at, { table: "t", channel }, [rowsWith(column, value)], {
          connection,
        }),
      );
      const where = `${channel} ${column}: ${error.message}`;
      assert.equal(error.code, code, where);
      // A foreign key's violation is seen at the end of a COPY, where no line is known.
      const isBlind = channel === "direct" && code === "sql/foreign-key";
      if (!isBlind) assert.equal(error.details?.row, 4, where);
      // COPY checks the encoding of a line before it knows of columns.
      const isWhole = channel === "direct" && code === "data/encoding";
      if (named && !isWhole) assert.equal(error.details?.column, named, where);
      assert.ok(error.hint, where);
      if (typeof value === "string" && value.length > 3) {
        assert.ok(!error.message.includes(value), where);
      }
    }
  }
});

Deno.test("supabase.writer finds the row that a merge over the direct channel fails on", async () => {
  await using at = await project(TABLES);
  const upsert = (column: string, value: unknown) =>
    failure(
      load(at, { table: "t", write_mode: "upsert" }, [
        rowsWith(column, value),
      ], { connection: ways(at).direct }),
    );
  const unique = await upsert("code", "c1");
  assert.deepEqual([unique.code, unique.details?.row], [
    "sql/duplicate-key",
    4,
  ]);
  const missing = await upsert("name", null);
  assert.deepEqual([missing.code, missing.details?.row], ["sql/not-null", 4]);
});

Deno.test(
  "supabase drivers tell bad keys, expired tokens and denied rights apart",
  needsFixture,
  async () => {
    await using at = await project(`${TABLES}
    REVOKE ALL ON parents FROM anon; ALTER TABLE t ENABLE ROW LEVEL SECURITY;`);
    const read = (table: string, connection: Record<string, unknown>) =>
      failure(
        extract(at, { table }, { connection: { url: at.url, ...connection } }),
      );
    const bad = await read("t", { anon_key: "bad" });
    assert.equal(bad.code, "http/auth");
    const expired = await at.makeJwt({ role: "authenticated", exp: 1000 });
    const late = await read("t", { anon_key: at.anonKey, jwt: expired });
    assert.equal(late.code, "http/expired-token");
    const forged = await read("t", {
      anon_key: at.anonKey,
      jwt: expired.slice(0, -3) + "abc",
    });
    assert.equal(forged.code, "http/auth");
    const denied = await read("parents", { anon_key: at.anonKey });
    assert.equal(denied.code, "sql/denied");
    const hidden = await failure(
      load(at, { table: "t" }, [rowsWith("id", 5)], {
        connection: { url: at.url, anon_key: at.anonKey },
      }),
    );
    assert.equal(hidden.code, "http/denied");
    assert.match(hidden.hint!, /policy/);
    for (const error of [bad, late, forged, denied, hidden]) {
      assert.ok(error.hint, error.code);
      assert.ok(!error.message.includes(at.anonKey));
    }
  },
);

Deno.test(
  "supabase drivers tell an expired token of older servers from a wrong one",
  needsFixture,
  async () => {
    await using at = await project(TABLES, { version: 12 });
    const jwt = await at.makeJwt({ role: "authenticated", exp: 1000 });
    const error = await failure(
      extract(at, { table: "t" }, {
        connection: { url: at.url, anon_key: at.anonKey, jwt },
      }),
    );
    assert.equal(error.code, "http/expired-token");
    const missing = await failure(extract(at, { table: "tt" }));
    assert.equal(missing.code, "sql/unknown-table");
  },
);

Deno.test("supabase.extractor gives the nearest name for a table or column that is not there", async () => {
  await using at = await project(
    "CREATE TABLE orders (id int PRIMARY KEY, total numeric);",
  );
  const table = await failure(extract(at, { table: "ordrs" }));
  assert.deepEqual([table.code, table.hint], [
    "sql/unknown-table",
    'Did you mean "orders"?',
  ]);
  const column = await failure(
    extract(at, { table: "orders", select: "id,totl" }),
  );
  assert.deepEqual([column.code, column.hint], [
    "sql/unknown-column",
    'Did you mean "total"?',
  ]);
  const filter = await failure(
    extract(at, { table: "orders", filter: { totl: "gt.1" } }),
  );
  assert.deepEqual([filter.code, filter.hint], [
    "sql/unknown-column",
    'Did you mean "total"?',
  ]);
  const schema = await failure(
    extract(at, { table: "orders", schema: "shop" }),
  );
  assert.equal(schema.code, "sql/unknown-table");
  assert.match(schema.message, /schema/);
});

Deno.test("supabase drivers see that the API's schema cache is stale", async () => {
  await using at = await project(
    "CREATE TABLE old (id int PRIMARY KEY, gone text);",
  );
  await at.sql("ALTER TABLE old DROP COLUMN gone");
  const column = await failure(
    extract(at, { table: "old", select: "id,gone" }),
  );
  assert.equal(column.code, "http/stale-schema");
  assert.match(column.hint!, /NOTIFY pgrst/);
});

Deno.test(
  "supabase drivers tell statement timeouts, sizes, limits and failing servers apart",
  needsFixture,
  async () => {
    await using at = await project(
      `CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (1);
    CREATE VIEW slow AS SELECT id, pg_sleep(1)::text AS s FROM t;`,
      { statementTimeoutMs: 150 },
    );
    const read = (table: string) =>
      failure(extract(at, { table, page_size: 1, retries: 0 }));
    assert.equal((await read("slow")).code, "sql/statement-timeout");
    const cases = [
      [{ kind: "too-large" }, "http/too-large"],
      [{ kind: "too-many" }, "http/rate-limited"],
      [{ kind: "unavailable" }, "http/unavailable"],
      [{ kind: "proxy-page", status: 502 }, "http/unavailable"],
      [{ kind: "proxy-page", status: 404 }, "http/not-an-api"],
      [{ kind: "proxy-page", status: 200 }, "http/not-an-api"],
      [{ kind: "refuse" }, "connection/lost"],
      [{ kind: "reset", afterBytes: 1 }, "connection/lost"],
    ] as const;
    for (const [fault, code] of cases) {
      at.faults.next(fault, { path: "/t", times: 2 });
      const error = await read("t");
      assert.equal(
        error.code,
        code,
        `${JSON.stringify(fault)} ${error.message}`,
      );
      assert.ok(error.hint, code);
      at.faults.clear();
    }
  },
);

Deno.test(
  "supabase drivers tell a wrong host, a refused port and a lack of TLS apart",
  async () => {
    await using at = await project(TABLES);
    const read = (url: string) =>
      failure(
        extract(at, { table: "t", retries: 0 }, {
          connection: { url, anon_key: "k" },
        }),
      );
    assert.equal(
      (await read("https://no-such-host.invalid")).code,
      "connection/unknown-host",
    );
    assert.equal(
      (await read(`http://127.0.0.1:${freePort()}`)).code,
      "connection/refused",
    );
    const tls = await read(at.url.replace("http:", "https:"));
    assert.equal(tls.code, "connection/tls");
    assert.equal((await read("nonsense")).code, "connection/invalid");
    const keyless = await failure(
      extract(at, { table: "t" }, { connection: { url: at.url } }),
    );
    assert.equal(keyless.code, "connection/invalid");
  },
);

Deno.test(
  "supabase.writer tells failures of the direct channel apart",
  async () => {
    await using at = await project(TABLES);
    const write = (fields: Record<string, unknown>) =>
      failure(
        load(at, { table: "t", channel: "direct" }, [rowsWith("", 0)], {
          connection: { ...ways(at).direct, ...fields },
        }),
      );
    const cases = [
      [{ pg_password: "wrong" }, "connection/auth"],
      [{ pg_database: "nowhere" }, "connection/unknown-database"],
      [{ pg_port: 9 }, "connection/refused"],
      [{ pg_host: "no-such-host.invalid" }, "connection/unknown-host"],
      [{ ssl: true }, "connection/tls"],
      [{ pg_host: undefined, dsn: "mysql://x" }, "connection/invalid"],
    ] as const;
    for (const [fields, code] of cases) {
      const error = await write(fields);
      assert.equal(error.code, code, error.message);
      assert.ok(error.hint, code);
    }
  },
);
