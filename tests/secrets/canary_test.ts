// No secret of a connection is in anything that a run writes or says, however much its driver would like it.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadVariables } from "../../src/connection/variables.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { tempDir } from "../kit/temp.ts";
import { newSecret, openScene, type Scene } from "./scene.ts";

const DRIVERS = fileURLToPath(new URL("drivers/", import.meta.url));

/** A scene in which the leaking driver has secrets of all origins. */
async function leakyScene(): Promise<Scene & { readonly param: string }> {
  const [password, ticket, inUrl, param] = [1, 2, 3, 4].map(newSecret);
  const scene = await openScene([password, ticket, inUrl, param], {
    ".env": `LEAKY_PASSWORD="${password.replace(/["\\]/g, "\\$&")}"\n`,
    "osiris_connections.yaml": JSON.stringify({
      connections: {
        leaky: {
          main: {
            password: "${LEAKY_PASSWORD}",
            ticket,
            url: `http://user:${encodeURIComponent(inUrl)}@example.com/`,
          },
        },
      },
    }),
  });
  return Object.assign(scene, { param });
}

function manifest(
  fails: boolean,
  isolation: string,
  more: object = {},
): string {
  return JSON.stringify({
    version: "1.0.0",
    name: "leaky",
    isolation,
    memory_budget: "1B",
    params: { api_token: "none" },
    steps: [
      {
        id: "peek",
        driver: `file://${DRIVERS}peeks.ts`,
      },
      {
        id: "leak",
        driver: `file://${DRIVERS}leaks.ts`,
        config: {
          connection: "@leaky.main",
          fails,
          api_token: "${params.api_token}",
          ...more,
        },
      },
      ...["peek", "leak"].map((step) => ({
        id: `save_${step}`,
        driver: "filesystem.csv_writer",
        inputs: { df: `\${${step}}` },
        config: { path: `${step}.csv` },
      })),
    ],
  });
}

for (const isolation of ["worker", "process"]) {
  for (const fails of [false, true]) {
    const what = fails ? "failing" : "passing";
    Deno.test(`a ${what} run of a driver that leaks tells no secret (${isolation})`, async () => {
      await using scene = await leakyScene();
      await scene.folder.write("m.json", manifest(fails, isolation));
      const { code, stderr } = await scene.osiris(
        "run",
        "m.json",
        "--verbose",
        "--json",
        "--checkpoint",
        `--param=api_token=${scene.param}`,
      );
      assert.equal(code, fails ? 1 : 0, stderr);
      assert.deepEqual(scene.find(), []);
      if (fails) return;
      const seen = await Deno.readTextFile(scene.folder.file("peek.csv"));
      assert.equal(seen, 'seen\n"[{},null,{},null,""peek""]"\n');
    });
  }
}

for (const keeps of ["state", "mark"]) {
  for (const isolation of ["worker", "process"]) {
    Deno.test(`a driver keeps no secret in its ${keeps} (${isolation})`, async () => {
      await using scene = await leakyScene();
      await scene.folder.write("m.json", manifest(false, isolation, { keeps }));
      const { code, stderr } = await scene.osiris(
        "run",
        "m.json",
        "--checkpoint",
        `--param=api_token=${scene.param}`,
      );
      assert.equal(code, 1, stderr);
      assert.match(stderr, /error driver\/protocol in step "leak"/);
      assert.match(stderr, /it holds a secret of the run/);
      assert.deepEqual(scene.find(), []);
    });
  }
}

Deno.test("what is said about a run and its connections tells no secret", async () => {
  await using scene = await leakyScene();
  await scene.folder.write("m.json", manifest(true, "worker"));
  const param = `--param=api_token=${scene.param}`;
  for (
    const args of [
      ["validate", "m.json", param],
      ["plan", "m.json", param],
      ["plan", "m.json", "--json", param],
      ["lock", "m.json"],
      ["run", "m.json", param],
      ["audit", "last"],
      ["runs", "show", "last", "--json"],
      ["runs", "list", "--json"],
      ["connections", "list"],
      ["connections", "list", "--json"],
    ]
  ) {
    const { code, stderr } = await scene.osiris(...args);
    assert.equal(code, args[0] === "run" ? 1 : 0, `${args}: ${stderr}`);
  }
  assert.deepEqual(scene.find(), []);
});

Deno.test("runs against MySQL, with the right password and a wrong one, tell neither", async () => {
  const server = await sharedMariadb();
  await using db = await server.database("secrets");
  const [right, wrong] = [newSecret(), newSecret()];
  const user = `u${crypto.randomUUID().slice(0, 8)}`;
  const quoted = right.replace(/["'\\]/g, "\\$&");
  await server.sql(
    `CREATE USER '${user}'@'%' IDENTIFIED BY '${quoted}'; GRANT ALL ON \`${db.name}\`.* TO '${user}'@'%'`,
  );
  const { host, port } = db.connection;
  const fields = { host, port, database: db.name, user };
  await using scene = await openScene([right, wrong], {
    "osiris_connections.yaml": JSON.stringify({
      connections: {
        mysql: {
          right: { ...fields, password: right },
          wrong: { ...fields, password: wrong },
        },
      },
    }),
  });
  for (const alias of ["right", "wrong"]) {
    await scene.folder.write(
      `${alias}.json`,
      JSON.stringify({
        version: "1.0.0",
        name: alias,
        steps: [{
          id: "rows",
          driver: "mysql.extractor",
          config: { connection: `@mysql.${alias}`, query: "SELECT 1 AS n" },
        }, {
          id: "save",
          driver: "filesystem.csv_writer",
          inputs: { df: "${rows}" },
          config: { path: `${alias}.csv` },
        }],
      }),
    );
    const { code, stderr } = await scene.osiris("run", `${alias}.json`);
    assert.equal(code, alias === "right" ? 0 : 1, stderr);
    await scene.osiris("connections", "doctor", `@mysql.${alias}`);
  }
  await server.sql(`DROP USER '${user}'@'%'`);
  assert.deepEqual(scene.find(), []);
});

Deno.test("the search finds a secret in each form", async () => {
  const secret = newSecret();
  for (
    const text of [
      secret,
      JSON.stringify(secret),
      encodeURIComponent(secret),
      btoa(`x:${encodeURIComponent(secret)}`) + secret.slice(11, 19),
    ]
  ) {
    await using scene = await openScene([secret], {});
    await scene.folder.write("left/behind.txt", text);
    assert.notDeepEqual(scene.find(), [], text);
  }
});

Deno.test(".env sets no variable of the process", async () => {
  await using dir = await tempDir("secrets-");
  const name = "OSIRIS_TEST_FROM_DOTENV";
  await dir.write(".env", `${name}=canary\n`);
  const variables = await loadVariables({ cwd: dir.path });
  assert.equal(variables.get(name), "canary");
  assert.equal(Deno.env.get(name), undefined);
});
