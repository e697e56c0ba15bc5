// deno-lint-ignore-file camelcase -- configs and connections have their fields in snake case
// Settings of supabase.writer that change what is asked of the project: what comes back, how a table is made, how much goes at once.
import assert from "node:assert/strict";
import type { Batch } from "../../src/table/batch.ts";
import { types } from "../../src/table/type.ts";
import { needsFixture, type Project } from "../kit/postgrest/project.ts";
import { batchOf } from "../kit/table.ts";
import {
  directFields,
  load,
  project,
  rowsOf,
  serviceConnection,
} from "./kit.ts";

const PEOPLE = "CREATE TABLE people (id bigint PRIMARY KEY, name text);";

const people = (from: number, to: number, name = "n"): Batch => {
  const ids = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  return batchOf(
    ["id", types.int64, ids.map(BigInt)],
    ["name", types.utf8, ids.map((id) => `${name}${id}`)],
  );
};

const posts = (at: Project) =>
  at.requests.filter(({ method }) => method === "POST");

Deno.test(
  "supabase.writer asks for what it writes where returning says so, and counts it",
  needsFixture,
  async () => {
    await using at = await project(PEOPLE);
    await load(at, { table: "people", returning: "representation" }, [
      people(1, 30),
    ]);
    assert.match(posts(at)[0].headers.prefer, /return=representation/);
    assert.match(posts(at)[0].query, /select=k0:id::text/);
    at.requests.length = 0;
    await load(at, { table: "people" }, [people(31, 60)]);
    assert.match(posts(at)[0].headers.prefer, /return=minimal/);
    assert.deepEqual(await rowsOf(at, "SELECT count(*) FROM people"), [["60"]]);
  },
);

Deno.test(
  "supabase.writer sends batch_size rows at most, and at once what a request may hold",
  needsFixture,
  async () => {
    await using at = await project(PEOPLE);
    await load(at, { table: "people", batch_size: 40 }, [people(1, 100)]);
    const sizes = posts(at).map(({ body }) => JSON.parse(body).length);
    assert.deepEqual(sizes, [40, 40, 20]);
  },
);

Deno.test("supabase.writer never has fewer rows there than before while it replaces through the API, and says that it is not atomic", async () => {
  await using at = await project(
    `${PEOPLE} INSERT INTO people SELECT i, 'old' FROM generate_series(1, 300) i;`,
  );
  const counts: number[] = [];
  const context = {
    fetch: (async (input, init) => {
      const response = await fetch(input, init);
      const [[count]] = await rowsOf(at, "SELECT count(*) FROM people");
      counts.push(Number(count));
      return response;
    }) as typeof fetch,
  };
  const driven = await load(
    at,
    {
      table: "people",
      write_mode: "replace",
      batch_size: 50,
    },
    [people(201, 500)],
    { context },
  );
  assert.ok(counts.length > 8);
  assert.ok(counts.every((count) => count >= 300), `${counts}`);
  assert.ok(Math.max(...counts) === 500);
  assert.deepEqual(
    await rowsOf(at, "SELECT count(*), min(id), max(id) FROM people"),
    [["300", "201", "500"]],
  );
  assert.ok(
    driven.logs.some(({ message }) => message.includes("not atomic")),
  );
});

/** A stand-in for an endpoint that runs SQL as the owner, for those who show the project's key. */
function sqlEndpoint(at: Project) {
  const queries: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.headers.get("apikey") !== at.serviceKey) {
        return Response.json({ message: "no" }, { status: 401 });
      }
      const { query } = await request.json();
      queries.push(query);
      try {
        await at.sql(`${query}; NOTIFY pgrst, 'reload schema'`);
        return Response.json([]);
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return Response.json({ code, message }, { status: 400 });
      }
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/query`,
    queries,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("supabase.writer makes a missing table over http_sql, and says why where it can't", async () => {
  await using at = await project("");
  await using endpoint = sqlEndpoint(at);
  const connection = { ...serviceConnection(at), sql_url: endpoint.url };
  const config = {
    table: "made",
    create_if_missing: true,
    ddl_channel: "http_sql",
    primary_key: "id",
  };
  const driven = await load(at, config, [people(1, 5)], { connection });
  assert.equal(driven.report?.rowsWritten, 5);
  assert.equal(endpoint.queries.length, 1);
  assert.ok(driven.events.some(({ name }) => name === "table_created"));
  assert.deepEqual(await rowsOf(at, "SELECT count(*) FROM made"), [["5"]]);
  await assert.rejects(
    load(at, { ...config, table: "other" }, [people(1, 5)], {
      connection: { ...connection, service_role_key: at.anonKey },
    }),
    { code: "http/auth" },
  );
  await assert.rejects(
    load(at, { ...config, table: "other", schema: "nowhere" }, [people(1, 5)], {
      connection,
    }),
    { code: "sql/unknown-table" },
  );
  await assert.rejects(
    load(at, { ...config, table: "other" }, [people(1, 5)], {
      connection: serviceConnection(at),
    }),
    {
      code: "sql/unknown-table",
      hint: "Give the connection a dsn, or make the table in the project",
    },
  );
});

Deno.test(
  "supabase.writer takes a direct channel from a dsn, and from the fields of the original",
  needsFixture,
  async () => {
    await using at = await project(PEOPLE);
    const { host, port, user, password, database } = at.connection;
    const login = `${user}:${encodeURIComponent(password ?? "")}`;
    const dsn =
      `postgresql://${login}@${host}:${port}/${database}?sslmode=disable`;
    const fields = [
      { dsn },
      { sql_dsn: dsn },
      { pg_dsn: dsn },
      { host, port, user, password, database, ssl: false },
      directFields(at),
    ];
    for (const direct of fields) {
      await at.sql("TRUNCATE people");
      at.requests.length = 0;
      const driven = await load(at, { table: "people" }, [people(1, 3)], {
        connection: { ...serviceConnection(at), ...direct },
      });
      assert.equal(driven.events.at(-1)?.facts.channel, "direct");
      assert.equal(at.requests.length, 0);
      assert.deepEqual(await rowsOf(at, "SELECT count(*) FROM people"), [[
        "3",
      ]]);
    }
  },
);
