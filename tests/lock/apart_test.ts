// Nobody grants a driver of others what decides over runs.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { plan } from "../../mod.ts";
import { faultsOf } from "../kit/faults.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const BUNDLED = fileURLToPath(
  new URL("../testdata/drivers/bundled.js", import.meta.url),
);

async function planWith(dir: TempDir, write: string): Promise<unknown> {
  await dir.write("drivers/mine.js", await Deno.readTextFile(BUNDLED));
  await dir.write(
    "jobs/manifest.json",
    JSON.stringify({
      version: "1.0.0",
      steps: [{
        id: "rows",
        driver: "../drivers/mine.js",
        permissions: { write: [write] },
      }],
    }),
  );
  await dir.write("secrets/db.yaml", "connections: {}\n");
  await dir.write("data/here.csv", "");
  return await plan("jobs/manifest.json", {
    cwd: dir.path,
    connections: "secrets/db.yaml",
  });
}

for (
  const write of [
    ".",
    "..",
    "/",
    "jobs",
    "jobs/osiris.lock.json",
    "jobs/manifest.json",
    "drivers",
    "drivers/mine.js",
    "osiris_connections.yaml",
    "osiris.drivers.yaml",
    ".env",
    "secrets",
    ".osiris",
    "run_logs",
  ]
) {
  Deno.test(`a driver of others may not be granted to write ${write}`, async () => {
    await using dir = await tempDir();
    const [code, fault] = await faultsOf(() => planWith(dir, write));
    assert.equal(code, "permission/not-granted");
    assert.match(
      fault,
      /^steps\[0\]\.permissions\.write: .*, which decides what runs may do$/,
    );
  });
}

Deno.test("a driver of others may be granted a folder of data", async () => {
  await using dir = await tempDir();
  await planWith(dir, "data");
});
