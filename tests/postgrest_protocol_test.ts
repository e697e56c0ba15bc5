// The PostgREST fixture on the wire: keys, roles, errors, digits, headers and the schema cache.
import assert from "node:assert/strict";
import {
  type Project,
  type ProjectOptions,
  startProject,
} from "./kit/postgrest/project.ts";

const tables = `
  CREATE TABLE items (
    id bigint PRIMARY KEY, code text UNIQUE NOT NULL, price numeric CHECK (price >= 0), parent bigint REFERENCES items);
  INSERT INTO items VALUES (9007199254740993, 'a', 0.10000000000000000001, NULL), (2, 'b', 1e20, 9007199254740993);
  CREATE TABLE notes (id int PRIMARY KEY, owner text DEFAULT current_setting('request.jwt.claims')::json->>'sub');
  ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON notes TO authenticated USING (owner = current_setting('request.jwt.claims')::json->>'sub');
  INSERT INTO notes VALUES (1, 'ada'), (2, 'bob');
  CREATE TABLE closed (id int);
  REVOKE ALL ON closed FROM anon, authenticated;
  CREATE FUNCTION nap(seconds float) RETURNS int LANGUAGE sql AS 'SELECT 1 FROM pg_sleep(seconds)';`;

interface Sent {
  status: number;
  headers: Headers;
  text: string;
  // deno-lint-ignore no-explicit-any -- bodies are looked at field by field
  json: any;
}

/** One request below /rest/v1, with the service key unless the headers say otherwise. */
async function send(
  project: Project,
  path: string,
  init: RequestInit = {},
): Promise<Sent> {
  const headers = new Headers(init.headers);
  if (!headers.has("apikey")) headers.set("apikey", project.serviceKey);
  if (init.body) {
    headers.set(
      "Content-Type",
      headers.get("Content-Type") ?? "application/json",
    );
  }
  const response = await fetch(`${project.url}/rest/v1${path}`, {
    ...init,
    headers,
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") &&
    text !== "";
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
  };
}

const open = (options: ProjectOptions = {}) =>
  startProject({ sql: tables, ...options });

const post = (body: unknown, headers: HeadersInit = {}): RequestInit => ({
  method: "POST",
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers,
});

Deno.test("fixture gives int8 and numeric as PostgreSQL writes them, and takes them so", async () => {
  await using project = await open();
  const read = await send(
    project,
    "/items?select=id,price&order=id.desc&limit=1",
  );
  assert.equal(
    read.text,
    '[{"id":9007199254740993,"price":0.10000000000000000001}]',
  );
  const body =
    '[{"id":9223372036854775807,"code":"c","price":123456789012345678901234567890.5}]';
  for (
    const prefer of [
      "return=representation, tx=rollback",
      "return=representation, missing=default",
    ]
  ) {
    const written = await send(
      project,
      "/items?select=id,price",
      post(body, { Prefer: prefer }),
    );
    assert.equal(
      written.text,
      '[{"id":9223372036854775807,"price":123456789012345678901234567890.5}]',
    );
  }
});

Deno.test("fixture refuses requests without a key or with a wrong one, as the gateway", async () => {
  await using project = await open();
  const without = await fetch(`${project.url}/rest/v1/items`);
  assert.deepEqual([without.status, (await without.json()).message], [
    401,
    "No API key found in request",
  ]);
  const wrong = await send(project, "/items", {
    headers: { apikey: "nonsense" },
  });
  assert.deepEqual([wrong.status, wrong.json.message], [
    401,
    "Invalid API key",
  ]);
});

Deno.test("fixture refuses bad and expired tokens by PostgREST's codes", async () => {
  await using project = await open();
  const ask = async (token: string) => {
    const { status, json } = await send(project, "/items", {
      headers: { Authorization: `Bearer ${token}` },
    });
    return [status, json.code];
  };
  const good = await project.makeJwt({ role: "authenticated", sub: "ada" });
  assert.deepEqual((await ask(good))[0], 200);
  assert.deepEqual(await ask(`${good.slice(0, -4)}AAAA`), [401, "PGRST301"]);
  assert.deepEqual(await ask("no.token"), [401, "PGRST301"]);
  const expired = await project.makeJwt({
    role: "authenticated",
    exp: Math.floor(Date.now() / 1000) - 60,
  });
  assert.deepEqual(await ask(expired), [401, "PGRST303"]);
  project.settings.version = 12;
  assert.deepEqual(await ask(expired), [401, "PGRST301"]);
  assert.deepEqual(await ask(await project.makeJwt({ role: "nobody" })), [
    401,
    "22023",
  ]);
});

Deno.test("fixture lets row-level security decide by role and claims", async () => {
  await using project = await open();
  const token = await project.makeJwt({ role: "authenticated", sub: "ada" });
  const authorization = {
    apikey: project.anonKey,
    Authorization: `Bearer ${token}`,
  };
  const notes = async (headers: HeadersInit) =>
    (await send(project, "/notes?select=id&order=id", { headers })).json;
  assert.deepEqual(await notes({ apikey: project.anonKey }), []);
  assert.deepEqual(await notes(authorization), [{ id: 1 }]);
  assert.deepEqual(await notes({}), [{ id: 1 }, { id: 2 }]);
  const denied = await send(
    project,
    "/notes",
    post({ id: 3, owner: "bob" }, authorization),
  );
  assert.deepEqual([denied.status, denied.json.code], [403, "42501"]);
  const anonymous = await send(project, "/closed", {
    headers: { apikey: project.anonKey },
  });
  assert.deepEqual([anonymous.status, anonymous.json.code], [401, "42501"]);
  assert.equal(
    (await send(project, "/closed", { headers: authorization })).status,
    403,
  );
});

Deno.test("fixture answers violations and mistakes with PostgREST's status and code", async () => {
  await using project = await open();
  const cases: [string, RequestInit, number, string][] = [
    ["/items", post({ id: 2, code: "z" }), 409, "23505"],
    ["/items", post({ id: 3, code: "z", parent: 99 }), 409, "23503"],
    ["/items", post({ id: 3, code: null }), 400, "23502"],
    ["/items", post({ id: 3, code: "z", price: -1 }), 400, "23514"],
    ["/items", post({ id: "x", code: "z" }), 400, "22P02"],
    ["/items", post({ id: 3, cod: "z" }), 400, "PGRST204"],
    ["/items?columns=id,cod", post([{ id: 3 }]), 400, "PGRST204"],
    ["/items", post("[{"), 400, "PGRST102"],
    ["/items", post([{ id: 3, code: "z" }, { id: 4 }]), 400, "PGRST102"],
    [
      "/items?on_conflict=price",
      post({ id: 3, code: "z" }, { Prefer: "resolution=merge-duplicates" }),
      400,
      "42P10",
    ],
    ["/itms", {}, 404, "PGRST205"],
    ["/rpc/nope", {}, 404, "PGRST202"],
    ["/items?select=idd", {}, 400, "42703"],
    ["/items?id=eqq.1", {}, 400, "PGRST100"],
    ["/items?id=1", {}, 400, "PGRST100"],
    ["/items?or=(id.eq.1", {}, 400, "PGRST100"],
    ["/items?order=id.up", {}, 400, "PGRST100"],
    ["/items?select=id,", {}, 400, "PGRST100"],
    ["/items?select=count()", {}, 400, "PGRST123"],
    ["/items?other.id=eq.1", {}, 400, "PGRST108"],
    ["/items?select=id,items(id)", {}, 300, "PGRST201"],
    [
      "/items?offset=5",
      { headers: { Prefer: "count=exact" } },
      416,
      "PGRST103",
    ],
    ["/items", { headers: { Range: "5-2" } }, 416, "PGRST103"],
    ["/items?limit=-1", {}, 416, "PGRST103"],
    [
      "/items",
      { headers: { Accept: "application/vnd.pgrst.object+json" } },
      406,
      "PGRST116",
    ],
    ["/items", { headers: { Accept: "image/png" } }, 406, "PGRST107"],
    [
      "/items",
      { headers: { Prefer: "handling=strict, nonsense" } },
      400,
      "PGRST122",
    ],
    ["/items", { headers: { "Accept-Profile": "secret" } }, 406, "PGRST106"],
    ["/items", { method: "DELETE" }, 400, "21000"],
    ["/items", { method: "PATCH", body: '{"code":"x"}' }, 400, "21000"],
    ["/items", { method: "PUT", body: "{}" }, 405, "PGRST117"],
  ];
  for (const [path, init, status, code] of cases) {
    const answer = await send(project, path, init);
    assert.deepEqual([path, answer.status, answer.json.code], [
      path,
      status,
      code,
    ]);
    assert.deepEqual(Object.keys(answer.json).sort(), [
      "code",
      "details",
      "hint",
      "message",
    ]);
  }
});

Deno.test("fixture ends a statement at the timeout with 57014", async () => {
  await using project = await open({ statementTimeoutMs: 100 });
  const slow = await send(project, "/rpc/nap", post({ seconds: 5 }));
  assert.deepEqual([slow.status, slow.json.code], [500, "57014"]);
  assert.equal((await send(project, "/rpc/nap", post({ seconds: 0 }))).json, 1);
});

Deno.test("fixture keeps its schema cache until NOTIFY tells it to reload", async () => {
  await using project = await open();
  await project.sql(
    "ALTER TABLE items ADD COLUMN colour text; CREATE TABLE late (id int)",
  );
  assert.equal(
    (await send(project, "/items", post({ id: 3, code: "z", colour: "red" })))
      .json.code,
    "PGRST204",
  );
  assert.equal((await send(project, "/late")).json.code, "PGRST205");
  await project.sql("NOTIFY pgrst, 'reload schema'");
  for (
    let tries = 0;
    tries < 100 && (await send(project, "/late")).status !== 200;
    tries++
  ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal((await send(project, "/late")).status, 200);
  assert.equal(
    (await send(project, "/items", post({ id: 3, code: "z", colour: "red" })))
      .status,
    201,
  );
});

Deno.test("fixture says what it gives: Content-Range, Location, Preference-Applied, Content-Profile", async () => {
  await using project = await open({ schemas: ["public", "second"] });
  await project.sql("CREATE TABLE second.things (id int PRIMARY KEY)");
  await project.reloadSchema();
  const part = await send(project, "/items", {
    headers: { Range: "0-0", "Range-Unit": "items", Prefer: "count=exact" },
  });
  assert.deepEqual([part.status, part.headers.get("content-range")], [
    206,
    "0-0/2",
  ]);
  assert.equal(part.headers.get("preference-applied"), "count=exact");
  assert.equal(part.headers.get("content-profile"), "public");
  assert.equal(
    (await send(project, "/items?offset=7")).headers.get("content-range"),
    "*/*",
  );
  const head = await send(project, "/items", {
    method: "HEAD",
    headers: { Prefer: "count=exact" },
  });
  assert.deepEqual([head.text, head.headers.get("content-range")], [
    "",
    "0-1/2",
  ]);
  const headers = {
    "Content-Profile": "second",
    Prefer: "return=headers-only, count=exact",
  };
  const made = await send(project, "/things", post([{ id: 7 }], headers));
  assert.deepEqual([made.status, made.text], [201, ""]);
  assert.equal(made.headers.get("location"), "/things?id=eq.7");
  assert.equal(made.headers.get("content-range"), "*/1");
  assert.deepEqual(
    (await send(project, "/things", {
      headers: { "Accept-Profile": "second" },
    })).json,
    [{ id: 7 }],
  );
});

Deno.test("fixture reads and writes CSV, with NULL and empty text apart", async () => {
  await using project = await open();
  await project.sql("DELETE FROM items");
  const body = 'id,code,price\r\n1,"x, ""y""",NULL\r\n2,,3.50\r\n';
  const written = await send(
    project,
    "/items",
    post(body, { "Content-Type": "text/csv" }),
  );
  assert.equal(written.status, 201);
  const read = await send(project, "/items?select=id,code,price&order=id", {
    headers: { Accept: "text/csv" },
  });
  assert.equal(read.text, 'id,code,price\n1,"x, ""y""",\n2,"",3.50');
});

Deno.test("fixture keeps extra keys out with columns= and commits each request whole or not at all", async () => {
  await using project = await open();
  const rows = [{ id: 5, code: "e", extra: 1 }, { id: 6, code: "f" }];
  assert.equal(
    (await send(project, "/items?columns=id,code", post(rows))).status,
    201,
  );
  assert.equal(
    (await send(
      project,
      "/items",
      post([{ id: 7, code: "g" }, { id: 5, code: "h" }]),
    )).status,
    409,
  );
  assert.deepEqual(
    (await send(project, "/items?id=in.(5,6,7)&select=id&order=id")).json,
    [{ id: 5 }, { id: 6 }],
  );
});
