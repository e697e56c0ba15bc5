// The examples with Supabase, run as their manifests stand: MySQL into a project, and the project into files.
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeShopData } from "../../examples/shop_data.ts";
import { run } from "../../mod.ts";
import { deno } from "../kit/command.ts";
import type { MariadbDatabase } from "../kit/mariadb.ts";
import type { Project } from "../kit/postgrest/project.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";
import { project, rowsOf } from "./kit.ts";

const server = await sharedMariadb();
const ROOT = join(import.meta.dirname!, "..", "..");

interface Bench extends TempDir {
  /** Runs an example by the command that its README gives. @returns rows written. */
  example(name: string): Promise<number>;
}

async function bench(db: MariadbDatabase, at: Project): Promise<Bench> {
  const folder = await tempDir("supabase-examples-");
  const { host, port, user, password, database } = db.connection;
  const pg = at.connection;
  const login = `${pg.user}:${encodeURIComponent(pg.password ?? "")}`;
  const env = {
    MYSQL_HOST: host,
    MYSQL_PORT: String(port),
    MYSQL_USER: user,
    MYSQL_PASSWORD: password,
    MYSQL_DATABASE: database,
    SUPABASE_URL: at.url,
    SUPABASE_SERVICE_ROLE_KEY: at.serviceKey,
    SUPABASE_DB_URL:
      `postgres://${login}@${pg.host}:${pg.port}/${pg.database}?sslmode=disable`,
  };
  return Object.assign(folder, {
    async example(name: string): Promise<number> {
      const at = join(ROOT, "examples", name);
      const { code, stdout, stderr } = await deno([
        ...["run", "-A", "--no-prompt", "--unstable-worker-options"],
        ...[join(ROOT, "cli.ts"), "run", join(at, "manifest.yaml")],
        ...["--connections", join(at, "osiris_connections.yaml"), "--json"],
      ], { cwd: folder.path, env });
      assert.equal(code, 0, stderr);
      return JSON.parse(stdout).total_rows;
    },
  });
}

Deno.test("the examples bring a shop from MySQL into Supabase and from there into files", async () => {
  await using db = await server.database("examples");
  await using at = await project("");
  await using it = await bench(db, at);
  await writeShopData(it.file("out", "shop"), 2500);
  const mysql = { connections: { mysql: { shop: db.connection } } };
  const filled = await run(
    join(ROOT, "examples", "csv-to-mysql", "manifest.yaml"),
    {
      cwd: it.path,
      connections: await it.write("mysql.yaml", JSON.stringify(mysql)),
    },
  );
  assert.equal(filled.error, undefined);

  for (let time = 0; time < 2; time++) {
    assert.equal(await it.example("mysql-to-supabase"), 2750);
  }
  await at.sql(
    "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id)",
  );
  await at.reloadSchema();

  assert.equal(await it.example("supabase-to-csv"), 2600);
  assert.equal(
    await Deno.readTextFile(it.file("out", "orders.csv")),
    await Deno.readTextFile(it.file("out", "shop", "orders.csv")),
  );
  const [head, ...lines] =
    (await Deno.readTextFile(it.file("out", "largest_paid.csv"))).trim()
      .split("\n");
  assert.equal(head, "id,amount,created_at,customer_name,customer_country");
  const wanted = await rowsOf(
    at,
    `SELECT id::text FROM orders WHERE status IN ('paid', 'shipped') AND amount >= 1000
    ORDER BY amount DESC, id LIMIT 100`,
  );
  assert.deepEqual(lines.map((line) => [line.split(",")[0]]), wanted);
});
