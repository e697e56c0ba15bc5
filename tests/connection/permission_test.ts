/**
 * Variables and files that this process may not read, each tried in a process
 * of its own with exactly the flags named.
 */
import assert from "node:assert/strict";
import { deno } from "../kit/command.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const script = `
import { loadConnections } from ${
  JSON.stringify(
    new URL("../../src/connection/connections.ts", import.meta.url).href,
  )
};
const spec = { family: "f", required: true, fields: { type: "object" }, secrets: [] };
try {
  const connections = await loadConnections({ cwd: Deno.cwd() });
  console.log(JSON.stringify(connections.resolve("@f.a", spec).fields));
} catch (error) {
  console.log(error.code, error.hint);
}
`;

async function attempt(
  dir: TempDir,
  flags: readonly string[],
  env: Record<string, string>,
): Promise<string> {
  const main = await dir.write("main.ts", script);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const args = [
    "run",
    "--no-prompt",
    "--no-check",
    "--config",
    config,
    ...flags,
    main,
  ];
  const { stdout, stderr } = await deno(args, { cwd: dir.path, env });
  return stdout.trim() || stderr;
}

Deno.test("a variable that may not be read is an error with the flag, also when .env has it", async () => {
  await using dir = await tempDir();
  await dir.write(
    "osiris_connections.yaml",
    "connections: { f: { a: { x: '${OSIRIS_TEST_V}' } } }",
  );
  await dir.write(".env", "OSIRIS_TEST_V=file");
  const file = "--allow-read=osiris_connections.yaml,.env";
  assert.equal(
    await attempt(dir, [file], { OSIRIS_TEST_V: "exported" }),
    "permission/missing Add --allow-env=OSIRIS_TEST_V",
  );
  assert.equal(
    await attempt(dir, [file, "--allow-env=OSIRIS_TEST_V"], {
      OSIRIS_TEST_V: "exported",
    }),
    '{"x":"exported"}',
  );
  assert.equal(
    await attempt(dir, [file, "--allow-env=OSIRIS_TEST_V"], {}),
    '{"x":"file"}',
  );
  assert.equal(
    await attempt(dir, [file, "--deny-env"], { OSIRIS_TEST_V: "exported" }),
    '{"x":"file"}',
  );
});

Deno.test("a connections file that may not be read is passed over, and named when there is no other", async () => {
  await using dir = await tempDir();
  const path = await dir.write(
    "osiris_connections.yaml",
    "connections: { f: { a: { x: 1 } } }",
  );
  assert.match(
    await attempt(dir, [], {}),
    new RegExp(`^permission/missing Add --allow-read=${path}`),
  );
  await dir.write(
    "home/osiris_connections.yaml",
    "connections: { f: { a: { x: home } } }",
  );
  const home = { OSIRIS_HOME: dir.file("home") };
  assert.equal(
    await attempt(dir, ["--allow-read=.", "--allow-env=OSIRIS_HOME"], home),
    '{"x":"home"}',
  );
  assert.equal(await attempt(dir, ["--allow-read=."], home), '{"x":1}');
});
