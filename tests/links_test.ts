/**
 * `links` in deno.json lets the source name `jsr:@std/…` with no registry in
 * reach, in the program and in its workers, and the stand-ins ask for nothing.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openEntry } from "./kit/entry.ts";
import { stdPackages } from "./kit/jsr_registry.ts";

const CHECKOUT = fileURLToPath(new URL("..", import.meta.url));
const USE = `
  import { parseYaml, stringifyYaml } from "${CHECKOUT}src/deps/yaml.ts";
  import { parseArgs } from "${CHECKOUT}src/deps/cli.ts";
  import { parseCsv, stringifyCsv } from "${CHECKOUT}src/deps/csv.ts";
  const value = [
    parseYaml(stringifyYaml({ a: 1 })),
    parseArgs(["--b", "2"]).b,
    parseCsv(stringifyCsv([["c"]])),
  ];
  const kinds = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;
  const held = kinds.filter((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
`;

Deno.test("src/deps resolves to the links, asks no registry and needs no permission", async () => {
  await using entry = await openEntry();
  const file = await entry.write(
    "use.ts",
    `${USE} console.log(JSON.stringify({ value, held }));`,
  );
  const { code, stdout, stderr } = await entry.run(
    ["run", "--no-prompt", "--no-lock", `--config=${CHECKOUT}deno.json`, file],
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    value: [{ a: 1 }, 2, [["c"]]],
    held: [],
  });
});

Deno.test("a worker without permissions uses src/deps", async () => {
  await using entry = await openEntry();
  await entry.write(
    "worker.ts",
    `${USE} (self as unknown as Worker).postMessage(JSON.stringify({ value, held }));`,
  );
  const file = await entry.write(
    "main.ts",
    `const url = new URL("./worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", deno: { permissions: "none" } });
    worker.onmessage = ({ data }) => { console.log(data); worker.terminate(); };`,
  );
  const { code, stdout, stderr } = await entry.run([
    "run",
    "--no-prompt",
    "--no-lock",
    `--allow-read=${entry.cwd},${CHECKOUT}`,
    `--config=${CHECKOUT}deno.json`,
    file,
  ]);
  assert.equal(code, 0, stderr);
  assert.deepEqual(JSON.parse(stdout), {
    value: [{ a: 1 }, 2, [["c"]]],
    held: [],
  });
});

Deno.test("each stand-in bears the name of a real package and a version that ^1 takes", async () => {
  for (const { name, version } of await stdPackages()) {
    assert.match(name, /^@std\/(cli|csv|yaml)$/);
    assert.match(version, /^1\.\d+\.\d+$/);
  }
});
