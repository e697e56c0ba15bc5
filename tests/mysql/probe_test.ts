import assert from "node:assert/strict";
import { describeGrants } from "../../drivers/mysql/grants.ts";
import extractor from "../../drivers/mysql/extractor.ts";
import type { StepContext, StepInput } from "../../src/driver/driver.ts";
import { refusal } from "../kit/faults.ts";
import { sharedMariadb } from "../kit/servers.ts";

const server = await sharedMariadb();

const context = {
  signal: new AbortController().signal,
  deadlines: { connectMs: 5000, idleMs: 30_000, statementMs: null },
  emit: () => {},
  log: () => {},
} as unknown as StepContext;

const step = (connection: object): StepInput => ({
  config: {},
  connection: connection as Record<string, unknown>,
  inputs: {},
  values: {},
  sources: {},
  targets: {},
});

Deno.test("mysql probe tells version, TLS, grants and local_infile", async () => {
  await using db = await server.database("probe");
  const plain = await extractor.probe!(step(db.connection), context);
  assert.match(String(plain.facts.version), /MariaDB/);
  assert.equal(plain.facts.database, db.name);
  assert.equal(plain.facts.tls, null);
  assert.equal(plain.facts.grants, "all");
  assert.equal(typeof plain.facts.latency_ms, "number");
  const secure = await extractor.probe!(
    step({ ...db.connection, ssl: { ca: server.tls!.ca } }),
    context,
  );
  assert.match(String(secure.facts.tls), /^TLS_/);
  assert.ok(!JSON.stringify(secure).includes(db.connection.password));
});

Deno.test("mysql probe tells the rights in the connection's own database", async () => {
  await using db = await server.database("granted_on");
  const user = `u_${db.name.slice(-8)}`;
  const cases: [grants: string[], told: string][] = [
    [[], "none"],
    [["ALL ON other.*"], "none"],
    [["SELECT, INSERT ON *.*", "ALL ON other.*"], "SELECT, INSERT"],
    [
      [`CREATE, CREATE TEMPORARY TABLES ON \`${db.name}\`.*`],
      "CREATE, CREATE TEMPORARY TABLES",
    ],
    [["ALL ON `granted\\_on\\_%`.*"], "all"],
    [["ALL ON `granted\\_off\\_%`.*"], "none"],
    [
      [`SELECT (id), INSERT ON \`${db.name}\`.t`, "DROP ON *.*"],
      "SELECT (not on all tables), INSERT (not on all tables), DROP",
    ],
  ];
  await db.sql("CREATE TABLE t (id INT, v INT)");
  for (const [grants, told] of cases) {
    await server.sql(`CREATE OR REPLACE USER ${user}@'%' IDENTIFIED BY 'x'`);
    // To enter a database takes some right in it.
    await server.sql(
      `GRANT EXECUTE ON \`${db.name}\`.* TO ${user}@'%';` +
        grants.map((grant) => `GRANT ${grant} TO ${user}@'%'`).join(";"),
    );
    const { facts } = await extractor.probe!(
      step({ ...db.connection, user, password: "x" }),
      context,
    );
    assert.equal(facts.grants, told, grants.join("; "));
  }
  await server.sql(`DROP USER ${user}@'%'`);
  const odd = "GRANT ALL PRIVILEGES ON `ž.\\_%`.* TO `u`@`%`";
  assert.equal(describeGrants([odd], "ž._a"), "all");
  assert.equal(describeGrants([odd], "žx_a"), "none");
});

Deno.test("mysql discover lists tables, views and columns", async () => {
  await using db = await server.database("discover");
  await db.sql(
    "CREATE TABLE t (id INT UNSIGNED PRIMARY KEY, mail VARCHAR(40) NOT NULL UNIQUE, doc JSON, g POINT);" +
      "CREATE VIEW v AS SELECT id FROM t; INSERT INTO t (id, mail) VALUES (1,'a')",
  );
  const found = await extractor.discover!(step(db.connection), context, null);
  assert.deepEqual(found.map(({ name, kind }) => [name, kind]), [
    ["t", "table"],
    ["v", "view"],
  ]);
  assert.deepEqual(
    found[0].columns.map((column) => Object.values(column).join(" ")),
    [
      "id int(10) unsigned uint32 false primary",
      "mail varchar(40) utf8 false unique",
      "doc json json true ",
      "g point binary true ",
    ],
  );
  const [one] = await extractor.discover!(
    step(db.connection),
    context,
    `${db.name}.v`,
  );
  assert.equal(one.name, "v");
  const error = await refusal(() =>
    extractor.discover!(step(db.connection), context, "nope")
  );
  assert.equal(error.code, "sql/unknown-table");
});
