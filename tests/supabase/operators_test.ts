// Every filter operator of PostgREST, in both forms of the config, against the same condition in SQL.
import assert from "node:assert/strict";
import { cells, extract, project, rowsOf } from "./kit.ts";
import { needsFixture } from "../kit/postgrest/project.ts";

const TABLE = `
  CREATE TABLE kinds (id int PRIMARY KEY, label text);
  CREATE TABLE t (id int PRIMARY KEY, name text, n int, ok boolean, tags text[], span int4range,
    data jsonb, words tsvector, kind int REFERENCES kinds);
  INSERT INTO kinds SELECT i, 'k' || i FROM generate_series(0, 3) i;
  INSERT INTO t SELECT i, CASE i % 4 WHEN 0 THEN 'Ann, ' || i WHEN 1 THEN 'bob "' || i || '"' WHEN 2 THEN NULL ELSE 'Cy\\' || i END,
    NULLIF(i % 7, 0), CASE i % 3 WHEN 0 THEN true WHEN 1 THEN false END, ARRAY['a' || i % 3, 'b' || i % 5],
    int4range(i, i + 5), jsonb_build_object('k', jsonb_build_object('v', i % 4)),
    to_tsvector('english', CASE WHEN i % 2 = 0 THEN 'fat cats sat' ELSE 'thin dogs ran' END), i % 4
  FROM generate_series(1, 40) i;`;

/** Column, test, and the condition that it stands for. */
const CASES: [string, string, string][] = [
  ["n", "eq.3", "n = 3"],
  ["n", "neq.3", "n <> 3"],
  ["n", "gt.3", "n > 3"],
  ["n", "gte.3", "n >= 3"],
  ["n", "lt.3", "n < 3"],
  ["n", "lte.3", "n <= 3"],
  ["n", "not.eq.3", "NOT n = 3"],
  ["n", "in.(1,2)", "n IN (1, 2)"],
  ["n", "not.in.(1,2)", "n NOT IN (1, 2)"],
  ["n", "is.null", "n IS NULL"],
  ["n", "not.is.null", "n IS NOT NULL"],
  ["ok", "is.true", "ok IS TRUE"],
  ["ok", "is.unknown", "ok IS UNKNOWN"],
  ["n", "isdistinct.3", "n IS DISTINCT FROM 3"],
  ["n", "eq(any).{1,2}", "n = ANY ('{1,2}')"],
  ["n", "gt(all).{1,2}", "n > ALL ('{1,2}')"],
  ["name", 'in.("Ann, 4","bob \\"5\\"")', "name IN ('Ann, 4', 'bob \"5\"')"],
  ["name", "eq.Ann, 4", "name = 'Ann, 4'"],
  ["name", "like.Ann*", "name LIKE 'Ann%'"],
  ["name", "ilike.BOB*", "name ILIKE 'BOB%'"],
  ["name", "like(any).{Ann*,Cy*}", "name LIKE ANY ('{Ann%,Cy%}')"],
  ["name", "match.^A", "name ~ '^A'"],
  ["name", "imatch.^a", "name ~* '^a'"],
  ["words", "fts(english).cats", "words @@ to_tsquery('english', 'cats')"],
  [
    "words",
    "plfts(english).the fat cats",
    "words @@ plainto_tsquery('english', 'the fat cats')",
  ],
  [
    "words",
    "phfts(english).fat cats",
    "words @@ phraseto_tsquery('english', 'fat cats')",
  ],
  [
    "words",
    "wfts(english).cats -dogs",
    "words @@ websearch_to_tsquery('english', 'cats -dogs')",
  ],
  ["tags", "cs.{a1}", "tags @> '{a1}'"],
  ["tags", "cd.{a1,b1,b2}", "tags <@ '{a1,b1,b2}'"],
  ["tags", "ov.{a1,b4}", "tags && '{a1,b4}'"],
  ["data", 'cs.{"k":{"v":2}}', `data @> '{"k":{"v":2}}'`],
  ["data->k->>v", "eq.2", "data->'k'->>'v' = '2'"],
  ["data->k->v", "gt.1", "data->'k'->'v' > '1'"],
  ["span", "ov.[3,6)", "span && '[3,6)'"],
  ["span", "sl.[20,25)", "span << '[20,25)'"],
  ["span", "sr.[20,25)", "span >> '[20,25)'"],
  ["span", "nxr.[20,25)", "span &< '[20,25)'"],
  ["span", "nxl.[20,25)", "span &> '[20,25)'"],
  ["span", "adj.[20,25)", "span -|- '[20,25)'"],
  ["and", "(n.gt.2,n.lt.5)", "n > 2 AND n < 5"],
  [
    "or",
    '(n.eq.1,name.eq."Ann, 8",and(ok.is.true,n.eq.2))',
    "n = 1 OR name = 'Ann, 8' OR ok AND n = 2",
  ],
  ["not.or", "(n.gt.2,ok.is.true)", "NOT (n > 2 OR ok IS TRUE)"],
];

Deno.test("supabase.extractor takes every operator of PostgREST, as a map and as a list", async () => {
  await using at = await project(TABLE, { maxRows: 7 });
  for (const [column, test, condition] of CASES) {
    const wanted = await rowsOf(
      at,
      `SELECT id::text FROM t WHERE ${condition} ORDER BY t.id`,
    );
    for (const filter of [{ [column]: test }, [`${column}=${test}`]]) {
      const read = await extract(at, { table: "t", select: "id", filter });
      assert.deepEqual(
        cells(read).id.map(String),
        wanted.map(([id]) => id),
        `${column}=${test}`,
      );
    }
    assert.ok(wanted.length > 0 && wanted.length < 40, `${test} tells nothing`);
  }
});

Deno.test("supabase.extractor filters by columns of embedded rows", async () => {
  await using at = await project(TABLE, { maxRows: 7 });
  const read = await extract(at, {
    table: "t",
    select: "id,kinds!inner(label)",
    filter: { "kinds.label": "in.(k1,k2)" },
  });
  const wanted = await rowsOf(
    at,
    "SELECT id::text, 'k' || kind FROM t WHERE kind IN (1, 2) ORDER BY t.id",
  );
  const { id, kinds_label: label } = cells(read);
  assert.deepEqual(id.map((one, row) => [String(one), label[row]]), wanted);
});

Deno.test(
  "supabase.extractor continues in a view by the columns that key names",
  needsFixture,
  async () => {
    await using at = await project(
      `${TABLE} CREATE VIEW v AS SELECT kind, id AS no, name FROM t;`,
      { maxRows: 7 },
    );
    const read = await extract(at, { view: "v", key: ["kind", "no"] });
    const wanted = await rowsOf(
      at,
      "SELECT no::text FROM v ORDER BY kind, v.no",
    );
    assert.deepEqual(cells(read).no.map(String), wanted.map(([no]) => no));
    const pages = at.requests.filter(({ path, query }) =>
      path === "/v" && !query.includes("limit=0")
    );
    assert.ok(pages.length > 5);
    assert.ok(pages.every(({ query }) => !query.includes("offset=")));
  },
);

Deno.test("supabase.extractor hands lists and objects to functions", async () => {
  await using at = await project(
    `${TABLE} CREATE FUNCTION chosen(ids int[], how jsonb, since date DEFAULT NULL)
    RETURNS TABLE (id int, how text) LANGUAGE sql STABLE AS
    'SELECT t.id, how->>''word'' FROM t WHERE t.id = ANY (ids) ORDER BY 1';`,
  );
  const args = { ids: [3, 1, 40], how: { word: "x,y" } };
  const read = await extract(at, { rpc: "chosen", args, order: "id" });
  assert.deepEqual(cells(read), {
    id: [1n, 3n, 40n],
    how: ["x,y", "x,y", "x,y"],
  });
  await assert.rejects(extract(at, { rpc: "chosen", args: { idz: [1] } }), {
    code: "sql/unknown-function",
  });
});
