// The MySQL drivers pass the cases that drivers of others are held to.
import { builtinDrivers } from "../../drivers/builtin.ts";
import { register } from "../../src/testing/conformance.ts";
import { LEVELS } from "../kit/levels.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { TEMP_ROOT } from "../kit/temp.ts";

await Deno.mkdir(TEMP_ROOT, { recursive: true });
const server = await sharedMariadb();
const db = await server.database("conformance");
await db.sql(
  "CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(50)); INSERT INTO t VALUES (1,'one'), (2,NULL)",
);
const common = { tempFolder: TEMP_ROOT, connection: { ...db.connection } };

let made = 0;
for (const isolation of LEVELS) {
  await register("mysql.extractor", {
    ...common,
    isolation,
    label: `mysql.extractor in a ${isolation}`,
    config: { query: "SELECT * FROM t" },
    empty: { config: { query: "SELECT * FROM t WHERE id < 0" } },
    failing: {
      config: { query: "SELECT * FROM no_such" },
      code: "sql/unknown-table",
    },
  }, builtinDrivers);
  await register("mysql.writer", {
    ...common,
    isolation,
    label: `mysql.writer in a ${isolation}`,
    config: { table: "written", create_table: true },
    before: async () => void await db.sql("DROP TABLE IF EXISTS written"),
    eachType: (_, name) => ({
      config: { table: `made_${name}_${made++}`, create_table: true },
    }),
    failing: {
      config: { table: "no_such", create_table: false },
      code: "sql/unknown-table",
    },
  }, builtinDrivers);
}

Deno.test.afterAll(async () => await db[Symbol.asyncDispose]());
