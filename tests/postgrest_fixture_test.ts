// The PostgREST fixture as supabase-js sees it: reads, writes, calls and what it says of itself.
import assert from "node:assert/strict";
import { createClient } from "../src/deps/supabase.ts";
import {
  type Project,
  type ProjectOptions,
  startProject,
} from "./kit/postgrest/project.ts";

const shop = `
  CREATE TABLE customers (
    id bigint PRIMARY KEY, name text NOT NULL, note varchar(20) DEFAULT 'none', tags text[], data jsonb,
    amount numeric(24, 4), span int4range);
  CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, total numeric CHECK (total >= 0));
  CREATE VIEW names AS SELECT id AS number, name FROM customers;
  CREATE FUNCTION add(a int, b int DEFAULT 10) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b';
  CREATE FUNCTION rich(minimum numeric) RETURNS SETOF customers LANGUAGE sql STABLE AS
    'SELECT * FROM customers WHERE amount >= minimum';
  CREATE FUNCTION clear() RETURNS void LANGUAGE sql AS 'DELETE FROM orders';
  INSERT INTO customers VALUES
    (1, 'Ada', 'first', '{x,y}', '{"k": [1, 2]}', 12345678901234567890.1234, '[1,5)'),
    (2, 'Bob', DEFAULT, '{y}', NULL, 10, '[5,9)'),
    (3, 'a,b "c"', NULL, NULL, '{"k": null}', NULL, NULL);
  INSERT INTO orders VALUES (10, 1, 5), (11, 1, 7.50), (12, 2, 1);`;

/** A project with the shop in it and a client with the service key. */
async function open(options: ProjectOptions = {}) {
  const project: Project = await startProject({ sql: shop, ...options });
  const client = createClient(project.url, project.serviceKey, {
    auth: { persistSession: false },
  });
  return {
    project,
    client,
    [Symbol.asyncDispose]: () => project[Symbol.asyncDispose](),
  };
}

const ids = (answer: { data: { id: number }[] | null; error: unknown }) => {
  assert.equal(answer.error, null);
  return answer.data!.map((row) => row.id).sort((a, b) => a - b);
};

Deno.test("fixture filters by every operator", async () => {
  await using shopping = await open();
  const rows = () => shopping.client.from("customers").select("id");
  assert.deepEqual(ids(await rows().eq("name", 'a,b "c"')), [3]);
  assert.deepEqual(ids(await rows().neq("id", 2)), [1, 3]);
  assert.deepEqual(ids(await rows().gt("id", 1).lte("id", 2)), [2]);
  assert.deepEqual(ids(await rows().gte("id", 2).lt("id", 3)), [2]);
  assert.deepEqual(ids(await rows().like("name", "A%")), [1]);
  assert.deepEqual(ids(await rows().ilike("name", "*B*")), [2, 3]);
  assert.deepEqual(ids(await rows().likeAnyOf("name", ["A%", "%o%"])), [1, 2]);
  assert.deepEqual(ids(await rows().likeAllOf("name", ["A%", "%o%"])), []);
  assert.deepEqual(ids(await rows().filter("name", "match", "^[AB]")), [1, 2]);
  assert.deepEqual(ids(await rows().filter("name", "imatch", "^b")), [2]);
  assert.deepEqual(ids(await rows().filter("id", "gt(any)", "{1,2}")), [2, 3]);
  assert.deepEqual(
    ids(await rows().in("name", ["Ada", "Bob, junior", "Bob"])),
    [1, 2],
  );
  assert.deepEqual(ids(await rows().in("id", [])), []);
  assert.deepEqual(ids(await rows().is("note", null)), [3]);
  assert.deepEqual(ids(await rows().not("note", "is", null)), [1, 2]);
  assert.deepEqual(ids(await rows().filter("note", "isdistinct", "none")), [
    1,
    3,
  ]);
  assert.deepEqual(ids(await rows().contains("tags", ["y"])), [1, 2]);
  assert.deepEqual(ids(await rows().containedBy("tags", ["y", "z"])), [2]);
  assert.deepEqual(ids(await rows().overlaps("span", "[4,5]")), [1, 2]);
  assert.deepEqual(ids(await rows().rangeLt("span", "[5,6)")), [1]);
  assert.deepEqual(ids(await rows().rangeGt("span", "[1,5)")), [2]);
  assert.deepEqual(ids(await rows().rangeGte("span", "[5,6)")), [2]);
  assert.deepEqual(ids(await rows().rangeLte("span", "[0,6)")), [1]);
  assert.deepEqual(ids(await rows().rangeAdjacent("span", "[9,10)")), [2]);
  assert.deepEqual(
    ids(await rows().textSearch("name", "ada", { config: "simple" })),
    [1],
  );
  assert.deepEqual(ids(await rows().eq("data->k->>0", "1")), [1]);
  assert.deepEqual(
    ids(
      await rows().or(
        'name.eq."a,b \\"c\\"",and(id.lt.3,note.not.eq.none),id.in.(9,2)',
      ),
    ),
    [1, 2, 3],
  );
  assert.deepEqual(ids(await rows().not("id", "in", "(1,2)")), [3]);
});

Deno.test("fixture selects, renames, casts, orders and pages", async () => {
  await using shopping = await open();
  const { data, count, error } = await shopping.client.from("customers")
    .select("key:id,amount::text,first:data->k->0,tags->>0", { count: "exact" })
    .order("note", { ascending: false, nullsFirst: true }).range(1, 2);
  assert.equal(error, null);
  assert.equal(count, 3);
  assert.deepEqual(data, [
    { key: 2, amount: "10.0000", first: null, tags: "y" },
    { key: 1, amount: "12345678901234567890.1234", first: 1, tags: "x" },
  ]);
});

Deno.test("fixture embeds to-one, to-many, inner and spread", async () => {
  await using shopping = await open();
  const { client } = shopping;
  const one = await client.from("orders").select("id,customers(name)").eq(
    "id",
    12,
  ).single();
  assert.deepEqual(one.data, { id: 12, customers: { name: "Bob" } });
  const many = await client.from("customers").select("id,orders(id)").order(
    "id",
  )
    .order("id", { referencedTable: "orders", ascending: false });
  assert.deepEqual(many.data, [
    { id: 1, orders: [{ id: 11 }, { id: 10 }] },
    { id: 2, orders: [{ id: 12 }] },
    { id: 3, orders: [] },
  ]);
  const inner = await client.from("customers").select("id,orders!inner(id)", {
    count: "exact",
  }).gt("orders.total", 6);
  assert.deepEqual([inner.data, inner.count], [[{
    id: 1,
    orders: [{ id: 11 }],
  }], 1]);
  const without = await client.from("customers").select("id,orders()").is(
    "orders",
    null,
  );
  assert.deepEqual(without.data, [{ id: 3 }]);
  const spread = await client.from("orders")
    .select("id,...customers(customer:name)").eq("id", 10);
  assert.deepEqual(spread.data, [{ id: 10, customer: "Ada" }]);
  const related = await client.from("orders").select("id,customers(name)")
    .order("customers(name)", { ascending: false }).order("id").limit(2);
  assert.deepEqual(related.data?.map((row) => row.id), [12, 10]);
  const none = await client.from("orders").select("id,nothing(id)");
  assert.deepEqual([none.status, none.error?.code], [400, "PGRST200"]);
});

Deno.test("fixture inserts in bulk, takes defaults for what is missing, and upserts", async () => {
  await using shopping = await open();
  const table = shopping.client.from("customers");
  const uneven = [{ id: 4, name: "D" }, { id: 5, name: "E", note: "mine" }];
  const nulls = await table.insert(uneven).select("note");
  assert.deepEqual(nulls.data, [{ note: null }, { note: "mine" }]);
  const defaults = await table.insert(
    uneven.map((row) => ({ ...row, id: row.id + 10 })),
    { defaultToNull: false },
  )
    .select("note");
  assert.deepEqual(defaults.data, [{ note: "none" }, { note: "mine" }]);
  const merged = await table.upsert([{ id: 1, name: "Ada L." }, {
    id: 6,
    name: "F",
  }]).select("id,name,note");
  assert.equal(merged.status, 201);
  assert.deepEqual(merged.data, [
    { id: 1, name: "Ada L.", note: "first" },
    { id: 6, name: "F", note: "none" },
  ]);
  assert.equal((await table.upsert({ id: 1, name: "Ada" })).status, 200);
  const ignored = await table.upsert([{ id: 1, name: "No" }, {
    id: 7,
    name: "G",
  }], { ignoreDuplicates: true })
    .select("id");
  assert.deepEqual(ignored.data, [{ id: 7 }]);
});

Deno.test("fixture updates and deletes what the filter says, within max-affected", async () => {
  await using shopping = await open();
  const table = () => shopping.client.from("orders");
  const updated = await table().update({ total: 9 }, { count: "exact" }).eq(
    "customer_id",
    1,
  );
  assert.deepEqual([updated.status, updated.count, updated.data], [
    204,
    2,
    null,
  ]);
  const tooMany = await table().delete().gt("id", 0).setHeader(
    "Prefer",
    "handling=strict, max-affected=2",
  );
  assert.deepEqual([tooMany.status, tooMany.error?.code], [400, "PGRST124"]);
  const rolledBack = await table().delete().gt("id", 0).rollback().select("id");
  assert.deepEqual(ids(rolledBack), [10, 11, 12]);
  const deleted = await table().delete({ count: "exact" }).eq("id", 10).select(
    "id",
  );
  assert.deepEqual([deleted.data, deleted.count], [[{ id: 10 }], 1]);
  assert.deepEqual(ids(await table().select("id")), [11, 12]);
});

Deno.test("fixture calls functions by POST and GET", async () => {
  await using shopping = await open();
  const { client } = shopping;
  assert.equal((await client.rpc("add", { a: 1, b: 2 })).data, 3);
  assert.equal((await client.rpc("add", { a: 1 }, { get: true })).data, 11);
  const rows = await client.rpc("rich", { minimum: 5 }, { count: "exact" })
    .select("id").order("id").limit(1);
  assert.deepEqual([rows.data, rows.count], [[{ id: 1 }], 2]);
  assert.equal((await client.rpc("clear")).status, 204);
  assert.deepEqual(ids(await client.from("orders").select("id")), []);
  const unknown = await client.rpc("add", { c: 1 });
  assert.deepEqual([unknown.status, unknown.error?.code], [404, "PGRST202"]);
});

Deno.test("fixture stops every read at maxRows and counts beyond it", async () => {
  await using shopping = await open({ maxRows: 1000 });
  await shopping.project.sql(
    "INSERT INTO orders SELECT g, 3, g FROM generate_series(1000, 3499) g",
  );
  const { client, project } = shopping;
  const capped = await client.from("orders").select("id", { count: "exact" });
  assert.deepEqual([capped.data?.length, capped.count, capped.status], [
    1000,
    2503,
    206,
  ]);
  assert.equal(
    (await client.from("orders").select("id").limit(2000)).data?.length,
    1000,
  );
  const embedded = await client.from("customers").select("orders(id)").eq(
    "id",
    3,
  ).single();
  assert.equal(embedded.data?.orders.length, 1000);
  await project.sql("ANALYZE orders");
  const estimated = await client.from("orders").select("*", {
    count: "estimated",
    head: true,
  });
  assert.equal(estimated.count, 2503);
  project.settings.maxRows = undefined;
  assert.equal((await client.from("orders").select("id")).data?.length, 2503);
});

Deno.test("fixture describes tables, keys and functions in OpenAPI", async () => {
  await using shopping = await open();
  const { url, serviceKey } = shopping.project;
  const { definitions, paths } =
    await (await fetch(`${url}/rest/v1/`, { headers: { apikey: serviceKey } }))
      .json();
  const { properties, required } = definitions.customers;
  assert.deepEqual(required, ["id", "name"]);
  assert.deepEqual(properties.id, {
    description: "Note:\nThis is a Primary Key.<pk/>",
    format: "bigint",
    type: "integer",
  });
  assert.deepEqual(properties.note, {
    default: "none",
    format: "character varying",
    type: "string",
    maxLength: 20,
  });
  assert.equal(properties.tags.format, "text[]");
  assert.match(
    definitions.orders.properties.customer_id.description,
    /<fk table='customers' column='id'\/>/,
  );
  assert.match(definitions.names.properties.number.description, /<pk\/>/);
  assert.ok(
    paths["/rpc/add"].get && paths["/rpc/clear"].post &&
      !paths["/rpc/clear"].get,
  );
});
