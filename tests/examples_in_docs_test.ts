/**
 * The examples in the README and in doc comments run as they stand, with the
 * package under its own name.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { deno } from "./kit/command.ts";
import { tempDir } from "./kit/temp.ts";

const ROOT = join(import.meta.dirname!, "..");
const QUICKSTART = "examples/quickstart";
const FILES = [
  "manifest.yaml",
  "data/airports.csv",
  "data/routes.csv",
];
/** Each has an example at least. */
const DOCUMENTED = [
  "README.md",
  "mod.ts",
  "testing.ts",
  "arquero.ts",
  "src",
];

Deno.test("the examples of the README and of doc comments run", async () => {
  await using dir = await tempDir("doc-");
  for (const file of FILES) {
    const path = `${QUICKSTART}/${file}`;
    await dir.write(path, await Deno.readTextFile(join(ROOT, path)));
  }
  const { code, stdout, stderr } = await deno([
    "test",
    "--doc",
    "--no-prompt",
    "--unstable-worker-options",
    `--config=${join(ROOT, "deno.json")}`,
    `--allow-read=${ROOT},${dir.path}`,
    `--allow-write=${dir.path}`,
    ...DOCUMENTED.map((path) => join(ROOT, path)),
  ], { cwd: dir.path, env: { TMPDIR: dir.path }, timeoutMs: 60_000 });
  assert.equal(code, 0, stdout + stderr);
  for (const path of DOCUMENTED) {
    assert.match(
      stdout,
      new RegExp(`running 1 test from .*/${path}`),
    );
  }
});
