import assert from "node:assert/strict";
import { sharedMariadb } from "../kit/servers.ts";
import { currentText, typesPart, withPart } from "./types_doc.ts";
import { read, write } from "./kit.ts";
import { fromCsv, PATHS, runMatrix, throughArquero, toCsv } from "./matrix.ts";

Deno.test("mysql.extractor and mysql.writer keep every type over every path", async () => {
  const server = await sharedMariadb();
  await using db = await server.database("matrix");
  const rows = await runMatrix(db);
  const lost = rows.flatMap(({ sample, differing }) =>
    PATHS.filter((path) => differing[path] > 0)
      .map((path) => `${sample.type}: ${differing[path]} over ${path}`)
  );
  assert.deepEqual(lost, []);
  for (const { sample, readAs, madeType, sourceType } of rows) {
    assert.equal(readAs, sample.logical, sample.type);
    assert.equal(madeType, sourceType, sample.type);
  }
  const text = await currentText();
  assert.equal(
    text,
    withPart(text, typesPart(rows)),
    "docs/types.md is stale: deno run -A --no-prompt tests/mysql/types_doc.ts",
  );
});

Deno.test("mysql.extractor and mysql.writer keep texts and bytes of 16 MB over every path", async () => {
  const server = await sharedMariadb();
  await using db = await server.database("large");
  // One character short of what MEDIUMTEXT holds.
  await db.sql(
    "CREATE TABLE source (id INT PRIMARY KEY, v MEDIUMTEXT, b MEDIUMBLOB);" +
      `INSERT INTO source VALUES (1, REPEAT('a"\n,ž', 2796202), REPEAT(x'00ff1f1e', 4000000))`,
  );
  const rows = async () =>
    (await read(db.connection, { table: "source" })).batches;
  const paths = {
    direct: rows,
    arquero: async () => await throughArquero(await rows()),
    csv: async () => await fromCsv(await toCsv(await rows()), "none"),
  };
  for (const [table, give] of Object.entries(paths)) {
    await db.sql(`CREATE TABLE ${table} LIKE source`);
    await write(db.connection, { table }, await give());
    const [{ n }] = await db.sql(
      `SELECT COUNT(*) n FROM source a JOIN ${table} b ON BINARY a.v = BINARY b.v AND a.b = b.b`,
    );
    assert.equal(n, "1", table);
  }
});
