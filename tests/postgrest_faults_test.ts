// The PostgREST fixture's fault switches: each does what it says, to the requests it is set for, and no more.
import assert from "node:assert/strict";
import { startPostgres } from "./kit/postgres.ts";
import { type Project, startProject } from "./kit/postgrest/project.ts";
import { startPostgrest } from "./kit/postgrest/start.ts";

const open = () =>
  startProject({
    sql:
      "CREATE TABLE items (id int PRIMARY KEY); INSERT INTO items VALUES (1)",
  });

const get = (
  project: Project,
  init: RequestInit & { client?: Deno.HttpClient } = {},
) =>
  fetch(`${project.url}/rest/v1/items?order=id`, {
    headers: { apikey: project.serviceKey },
    ...init,
  });

const insert = (
  project: Project,
  id: number,
  init: RequestInit & { client?: Deno.HttpClient } = {},
) =>
  fetch(`${project.url}/rest/v1/items`, {
    method: "POST",
    body: JSON.stringify({ id }),
    ...init,
    headers: {
      apikey: project.serviceKey,
      "Content-Type": "application/json",
      ...init.headers,
    },
  });

const ids = async (project: Project) =>
  (await project.sql("SELECT id FROM items ORDER BY id")).map((row) => row.id);

Deno.test("fixture resets the connection after so many bytes of the body", async () => {
  await using project = await open();
  project.faults.next({ kind: "reset", afterBytes: 4 });
  const response = await get(project);
  assert.equal(response.status, 200);
  await assert.rejects(response.text(), TypeError);
  assert.equal(await (await get(project)).text(), '[{"id":1}]');
});

/** Keeps no connections, for on a kept one fetch repeats a request by itself. */
function oneShot(): { client: Deno.HttpClient; [Symbol.dispose](): void } {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  return { client, [Symbol.dispose]: () => client.close() };
}

Deno.test("fixture commits and loses the answer, by closing or by silence", async () => {
  await using project = await open();
  project.faults.next({ kind: "lost-answer", how: "close" }, {
    method: "POST",
  });
  project.faults.next({ kind: "lost-answer", how: "hang" }, { method: "POST" });
  using once = oneShot();
  assert.equal((await (await get(project)).json()).length, 1);
  await assert.rejects(insert(project, 2, once), TypeError);
  const signal = AbortSignal.timeout(300);
  await assert.rejects(insert(project, 3, { client: once.client, signal }), {
    name: "TimeoutError",
  });
  assert.deepEqual(await ids(project), ["1", "2", "3"]);
  assert.deepEqual(
    project.requests.map(({ fault, status }) => [fault, status]),
    [
      [undefined, 200],
      ["lost-answer", 0],
      ["lost-answer", 0],
    ],
  );
});

Deno.test("fetch repeats a POST by itself when a kept connection is closed without an answer", async () => {
  await using project = await open();
  await (await get(project)).text();
  project.faults.next({ kind: "lost-answer", how: "close" }, {
    method: "POST",
  });
  const response = await insert(project, 2);
  assert.equal((await response.json()).code, "23505");
  assert.equal(
    project.requests.filter(({ method }) => method === "POST").length,
    2,
  );
});

Deno.test("fixture answers in PostgREST's place without executing", async () => {
  await using project = await open();
  project.faults.next({ kind: "too-many", retryAfter: 2 }, {
    times: 2,
    after: 1,
    path: "/items",
  });
  project.faults.next({ kind: "unavailable" });
  project.faults.next({ kind: "too-large" });
  project.faults.next({ kind: "proxy-page" });
  project.faults.next({ kind: "proxy-page", status: 504, isDone: true });
  const seen: [number, string | null, string | null][] = [];
  for (let id = 2; id < 9; id++) {
    const response = await insert(project, id);
    seen.push([
      response.status,
      response.headers.get("retry-after"),
      response.headers.get("content-type"),
    ]);
    await response.body?.cancel();
  }
  const json = "application/json; charset=utf-8";
  assert.deepEqual(seen, [
    [201, null, null],
    [429, "2", json],
    [429, "2", json],
    [503, null, json],
    [413, null, "text/html"],
    [502, null, "text/html"],
    [504, null, "text/html"],
  ]);
  assert.deepEqual(await ids(project), ["1", "2", "8"]);
  assert.equal(project.faults.pending, 0);
});

Deno.test("fixture closes before executing, waits, and trickles", async () => {
  await using project = await open();
  using once = oneShot();
  project.faults.next({ kind: "refuse" });
  await assert.rejects(insert(project, 2, once), TypeError);
  assert.deepEqual(await ids(project), ["1"]);
  project.faults.next({ kind: "latency", ms: 60 });
  project.faults.next({ kind: "trickle", bytes: 2, pauseMs: 15 });
  for (let i = 0; i < 2; i++) {
    const started = performance.now();
    assert.equal(await (await get(project)).text(), '[{"id":1}]');
    assert.ok(performance.now() - started >= 50);
  }
});

Deno.test("fixture refuses bodies over maxBodyBytes with 413", async () => {
  await using project = await open();
  project.settings.maxBodyBytes = 8;
  const large = await insert(project, 1000);
  assert.deepEqual([large.status, large.headers.get("content-type")], [
    413,
    "text/html",
  ]);
  await large.body?.cancel();
  assert.equal((await insert(project, 2)).status, 201);
});

Deno.test("fixture says 503 while PostgreSQL is down and serves again when it is back", async () => {
  await using server = await startPostgres();
  const { host, port, adminUser: user, adminPassword: password } = server;
  const api = await startPostgrest({
    postgres: { host, port, user, password, database: "postgres" },
  });
  const ask = async () => {
    const response = await fetch(`${api.url}/rest/v1/`, {
      headers: { apikey: api.serviceKey },
    });
    const { code } = await response.json();
    return [response.status, code];
  };
  try {
    assert.deepEqual(await ask(), [200, undefined]);
    await server.kill();
    const [status, code] = await ask();
    assert.deepEqual([status, /^(PGRST00[01]|57P0\d)$/.test(code)], [
      503,
      true,
    ]);
    await server.restart();
    let answer = await ask();
    for (let tries = 0; tries < 100 && answer[0] !== 200; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      answer = await ask();
    }
    assert.equal(answer[0], 200);
  } finally {
    await api.close();
  }
});
