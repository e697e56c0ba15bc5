// Whole runs, each step in its sandbox: the examples, and what the original's compiler wrote.
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeShopData } from "../../examples/shop_data.ts";
import { run, type RunOptions, type RunResult } from "../../mod.ts";
import { refusal } from "../kit/faults.ts";
import type { MariadbDatabase } from "../kit/mariadb.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const server = await sharedMariadb();
const ROOT = join(import.meta.dirname!, "..", "..");

async function bench(
  db: MariadbDatabase,
): Promise<
  TempDir & {
    run(manifest: string, options?: RunOptions): Promise<RunResult>;
  }
> {
  const folder = await tempDir("mysql-run-");
  await folder.write(
    "osiris_connections.yaml",
    JSON.stringify({ connections: { mysql: { shop: db.connection } } }),
  );
  return Object.assign(folder, {
    run: (manifest: string, options: RunOptions = {}) =>
      run(join(ROOT, manifest), {
        ...options,
        cwd: folder.path,
        connections: folder.file("osiris_connections.yaml"),
      }),
  });
}

Deno.test("the examples load CSV into MySQL and bring it back, byte for byte", async () => {
  await using db = await server.database("examples");
  await using folder = await bench(db);
  await writeShopData(folder.file("out", "shop"), 500);
  for (let i = 0; i < 2; i++) {
    const loaded = await folder.run("examples/csv-to-mysql/manifest.yaml");
    assert.equal(loaded.error, undefined);
    assert.equal(loaded.totalRows, 550);
  }
  const written = await folder.run("examples/mysql-to-csv/manifest.yaml");
  assert.equal(written.error, undefined);
  assert.equal(
    await Deno.readTextFile(folder.file("out", "orders.csv")),
    await Deno.readTextFile(folder.file("out", "shop", "orders.csv")),
  );
  const revenue = await Deno.readTextFile(folder.file("out", "revenue.csv"));
  assert.match(revenue, /^country,orders,revenue\n[A-Z]{2},\d+,\d+\.\d\d\n/);
});

Deno.test("manifests of the original's compiler copy tables", async () => {
  await using db = await server.database("compiled");
  await db.sql(
    "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(20), country CHAR(2)); INSERT INTO customers VALUES (1,'Žofie, a','CZ'),(2,NULL,'');" +
      "CREATE TABLE orders (id BIGINT UNSIGNED, amount DECIMAL(30,10), doc BLOB); INSERT INTO orders VALUES (18446744073709551615, 12345678901234567890.0123456789, x'01ff'),(NULL, NULL, NULL)",
  );
  await using folder = await bench(db);
  const copied = await folder.run(
    "tests/testdata/compiled/copy-tables/manifest.yaml",
  );
  assert.equal(copied.error, undefined);
  assert.equal(
    await Deno.readTextFile(folder.file("out", "customers.csv")),
    'id,name,country\n1,"Žofie, a",CZ\n2,,""\n',
  );
  assert.equal(
    await Deno.readTextFile(folder.file("out", "orders.csv")),
    'id,amount,doc\n18446744073709551615,12345678901234567890.0123456789,"01ff"\n,,\n',
  );
});

Deno.test("a step that refers to one below it runs when steps may run at once, and is refused otherwise", async () => {
  await using db = await server.database("order");
  await using folder = await bench(db);
  const manifest = "tests/testdata/compiled/t-order/manifest.yaml";
  const error = await refusal(async () => {
    throw (await folder.run(manifest)).error ?? new Error("it ran");
  });
  assert.equal(error.code, "manifest/invalid");
  const { status } = await folder.run(manifest, { parallel: 2 });
  assert.equal(status, "success");
  assert.equal(
    await Deno.readTextFile(folder.file("out", "order.csv")),
    "a\n1\n",
  );
});

Deno.test("a writer of one table refuses two, where the original dropped one", async () => {
  await using db = await server.database("fanin");
  await using folder = await bench(db);
  const error = await refusal(async () => {
    const result = await folder.run(
      "tests/testdata/compiled/t-fanin/manifest.yaml",
    );
    throw result.error ?? new Error("it ran");
  });
  assert.equal(error.code, "manifest/invalid");
});
