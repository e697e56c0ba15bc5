import assert from "node:assert/strict";
import {
  type ConnectionSpec,
  loadConnections,
  parseReference,
} from "../../src/connection/connections.ts";
import type { ResolvedConnection } from "../../src/connection/resolved.ts";
import { fakeDrivers } from "../kit/fake_drivers.ts";
import { refusal } from "../kit/faults.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const spec = fakeDrivers.get("fake.query")!.spec.connection as ConnectionSpec;

/** A folder with a working directory in it, so that there is a parent to look in. */
async function folder(
  file: string,
  env?: string,
): Promise<TempDir & { cwd: string }> {
  const dir = await tempDir("connections-");
  await Deno.mkdir(dir.file("cwd"));
  await dir.write("cwd/osiris_connections.yaml", file);
  if (env !== undefined) await dir.write("cwd/.env", env);
  return Object.assign(dir, { cwd: dir.file("cwd") });
}

async function resolve(
  dir: { cwd: string },
  reference: string | null,
): Promise<ResolvedConnection> {
  const connections = await loadConnections({ cwd: dir.cwd });
  return connections.resolve(reference, spec);
}

Deno.test("a connection gets its variables, numbers where the field is one, and its secrets", async () => {
  await using dir = await folder(
    [
      "version: 1",
      "connections:",
      "  fake:",
      "    shop.eu:",
      '      host: "${OSIRIS_TEST_HOST:-db}.example"',
      "      port: ${OSIRIS_TEST_PORT}",
      "      ssl: ${OSIRIS_TEST_SSL}",
      '      database: "${OSIRIS_TEST_A}_${OSIRIS_TEST_B}"',
      '      user: "${OSIRIS_TEST_EMPTY:-}x${not-a-name}"',
      "      password: ${OSIRIS_TEST_PW}",
      "      default: true",
    ].join("\n"),
    "OSIRIS_TEST_PORT=3307\nOSIRIS_TEST_SSL=true\nOSIRIS_TEST_A=a\nOSIRIS_TEST_B=b\nOSIRIS_TEST_PW='p@ss/w:rd'\nOSIRIS_TEST_EMPTY=",
  );
  const fields = {
    host: "db.example",
    port: 3307,
    ssl: true,
    database: "a_b",
    user: "x${not-a-name}",
    password: "p@ss/w:rd",
  };
  const expected = {
    family: "fake",
    alias: "shop.eu",
    fields,
    written: fields,
    secrets: ["p@ss/w:rd"],
  };
  assert.deepEqual(await resolve(dir, "@fake.shop.eu"), expected);
  assert.deepEqual(await resolve(dir, null), expected);
});

Deno.test("a number within text fields stays text", async () => {
  await using dir = await folder(
    "connections: { fake: { a: { database: '${OSIRIS_TEST_N}', password: '0123' } } }",
    "OSIRIS_TEST_N=5",
  );
  assert.deepEqual((await resolve(dir, "@fake.a")).fields, {
    database: "5",
    password: "0123",
    port: 3306,
  });
});

Deno.test("an unset or empty variable is an error that names variable, field and alias", async () => {
  await using dir = await folder(
    "connections: { fake: { a: { database: d, host: '${OSIRIS_TEST_NONE}', password: '${OSIRIS_TEST_EMPTY}' }, b: { database: '${OSIRIS_TEST_OTHER}' } } }",
    "OSIRIS_TEST_EMPTY=",
  );
  const error = await refusal(() => resolve(dir, "@fake.a"));
  assert.equal(error.code, "connection/unset-variable");
  assert.deepEqual(error.details, {
    variable: "OSIRIS_TEST_NONE",
    field: "host",
    connection: "@fake.a",
  });
  assert.equal(error.faults?.length, 2);
  assert.match(error.message, /"OSIRIS_TEST_NONE" for field "host"/);
});

Deno.test("without a reference the marked alias is taken, then the one named default", async () => {
  const one = "a: { database: a }, default: { database: d }";
  await using marked = await folder(
    `connections: { fake: { b: { database: b, default: true }, ${one} } }`,
  );
  assert.equal((await resolve(marked, null)).alias, "b");
  await using named = await folder(
    `connections: { fake: { c: { database: c, default: 'true' }, ${one} } }`,
  );
  assert.equal((await resolve(named, null)).alias, "default");
  await using none = await folder(
    "connections: { fake: { a: { database: a }, b: { database: b } } }",
  );
  const error = await refusal(() => resolve(none, null));
  assert.equal(error.code, "connection/unknown");
  assert.match(error.message, /"a", "b"/);
  await using two = await folder(
    "connections: { fake: { a: { database: a, default: true }, b: { database: b, default: true } } }",
  );
  assert.equal(
    (await refusal(() => resolve(two, null))).code,
    "connection/invalid",
  );
});

Deno.test("an unknown family or alias says what there is", async () => {
  await using dir = await folder(
    "connections: { fake: { shop: { database: d } } }",
  );
  const alias = await refusal(() => resolve(dir, "@fake.shpo"));
  assert.deepEqual([alias.code, alias.hint], [
    "connection/unknown",
    'Did you mean "shop"?',
  ]);
  const family = await refusal(() => resolve(dir, "@fak.shop"));
  assert.deepEqual([family.code, family.hint], [
    "connection/unknown",
    'Did you mean "fake"?',
  ]);
});

Deno.test("fields are checked against the driver's schema without showing secrets", async () => {
  await using dir = await folder(
    "connections: { fake: { a: { databse: d, port: x, password: [hunter22] } } }",
  );
  const { code, faults } = await refusal(() => resolve(dir, "@fake.a"));
  assert.equal(code, "connection/invalid");
  assert.deepEqual(faults?.map(({ path, message }) => `${path}: ${message}`), [
    "@fake.a.databse: unknown key",
    '@fake.a.port: expected a whole number, got "x"',
    "@fake.a.password: expected text, got a value that is not shown",
    "@fake.a.database: is missing",
  ]);
});

Deno.test("the file is looked for in the working directory, then in its parent", async () => {
  await using dir = await folder(
    "connections: { fake: { a: { database: here } } }",
  );
  await dir.write(
    "osiris_connections.yaml",
    "connections: { fake: { a: { database: above } } }",
  );
  assert.equal((await resolve(dir, "@fake.a")).fields.database, "here");
  await Deno.remove(dir.file("cwd/osiris_connections.yaml"));
  assert.equal((await resolve(dir, "@fake.a")).fields.database, "above");
  await Deno.remove(dir.file("osiris_connections.yaml"));
  assert.equal(
    (await refusal(() => resolve(dir, "@fake.a"))).code,
    "connection/unknown",
  );
});

Deno.test("a file that is named must be there, and no other is read", async () => {
  await using dir = await folder(
    "connections: { fake: { a: { database: '${OSIRIS_TEST_X}' } } }",
    "OSIRIS_TEST_X=cwd",
  );
  const named = await dir.write(
    "other.yaml",
    "connections: { fake: { a: { database: '${OSIRIS_TEST_X}', host: other } } }",
  );
  const envFile = await dir.write("other.env", "OSIRIS_TEST_X=other");
  const connections = await loadConnections({
    cwd: dir.cwd,
    path: named,
    envFile,
  });
  assert.deepEqual(connections.resolve("@fake.a", spec).fields, {
    database: "other",
    host: "other",
    port: 3306,
  });
  for (
    const options of [{ path: "no.yaml" }, { envFile: dir.file("no.env") }]
  ) {
    const { code } = await refusal(() =>
      loadConnections({ cwd: dir.cwd, ...options })
    );
    assert.equal(code, "connection/unreadable");
  }
});

Deno.test("a malformed file is refused with all its faults and none of its content", async () => {
  const cases: [string, string][] = [
    [
      "connections: { fake: [hunter22], other: { a: hunter22 } }\nfoo: 1",
      "connection/invalid",
    ],
    ["connections: { fake: { a: { password: hunter22", "connection/invalid"],
    ["password: &p [*p, hunter22]", "connection/unreadable"],
  ];
  for (const [text, code] of cases) {
    await using dir = await folder(text);
    const error = await refusal(() => resolve(dir, "@fake.a"));
    assert.equal(error.code, code);
    assert.doesNotMatch(JSON.stringify(error), /hunter22/);
  }
  await using dir = await folder("connections: {}", "A=1\nhunter22");
  const error = await refusal(() => resolve(dir, "@fake.a"));
  assert.equal(error.code, "connection/invalid");
  assert.match(error.message, /line 2/);
  assert.doesNotMatch(error.message, /hunter22/);
});

Deno.test("an exported variable counts over .env files, even when it is empty", async () => {
  await using dir = await folder(
    "connections: { fake: { a: { database: '${OSIRIS_TEST_EXPORTED}' } } }",
    "OSIRIS_TEST_EXPORTED=file",
  );
  Deno.env.set("OSIRIS_TEST_EXPORTED", "exported");
  try {
    assert.equal((await resolve(dir, "@fake.a")).fields.database, "exported");
    Deno.env.set("OSIRIS_TEST_EXPORTED", "");
    assert.equal(
      (await refusal(() => resolve(dir, "@fake.a"))).code,
      "connection/unset-variable",
    );
  } finally {
    Deno.env.delete("OSIRIS_TEST_EXPORTED");
  }
  assert.equal((await resolve(dir, "@fake.a")).fields.database, "file");
});

Deno.test("reading connections puts nothing into the environment", async () => {
  await using dir = await folder(
    "connections: { fake: { a: { database: '${OSIRIS_TEST_ONLY_FILE}' } } }",
    "OSIRIS_TEST_ONLY_FILE=x",
  );
  await resolve(dir, "@fake.a");
  assert.equal(Deno.env.get("OSIRIS_TEST_ONLY_FILE"), undefined);
});

Deno.test("parseReference() splits at the first dot", () => {
  assert.deepEqual(parseReference("@mysql.a.b"), {
    family: "mysql",
    alias: "a.b",
  });
  for (const bad of ["@mysql", "@.x", "@x.", "mysql.a", ""]) {
    assert.throws(() => parseReference(bad), { code: "connection/invalid" });
  }
});
