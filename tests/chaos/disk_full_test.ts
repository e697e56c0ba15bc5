// Disks that fill up under a run: what was there stays, and the error says so.
import assert from "node:assert/strict";
import { builtinDrivers } from "../../drivers/builtin.ts";
import type { RunResult } from "../../src/run/result.ts";
import { runner, type RunOptions } from "../../src/run/run.ts";
import { leftovers } from "../kit/run/child.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";
import { mountTmpfs, tmpfsAvailable } from "../kit/tmpfs.ts";

const ignore = !(await tmpfsAvailable());
const run = runner(builtinDrivers);

/** Rows of about 100 bytes; 60 000 of them are more than any disk here holds. */
async function source(folder: TempDir): Promise<string> {
  const lines = Array.from(
    { length: 60_000 },
    (_, n) => `${n},${"x".repeat(90)}`,
  );
  return await folder.write("in.csv", `n,t\n${lines.join("\n")}\n`);
}

function copy(
  from: string,
  to: string,
  cwd: string,
  options: RunOptions & { readonly manifest?: object } = {},
): Promise<RunResult> {
  const { manifest, ...rest } = options;
  const write = (id: string, path: string): object => ({
    id,
    driver: "filesystem.csv_writer",
    inputs: { df: "${a}" },
    config: { path },
  });
  return run({
    name: "full",
    ...manifest,
    steps: [
      { id: "a", driver: "filesystem.csv_extractor", config: { path: from } },
      write("w", to),
      // A second reader: the table is kept, not streamed.
      write("v", `${to}.again`),
    ],
  }, { cwd, ...rest });
}

Deno.test({
  name: "a full disk leaves the target as it was",
  ignore,
  async fn() {
    await using folder = await tempDir("full-");
    await using disk = await mountTmpfs(2);
    const target = `${disk.path}/out.csv`;
    await Deno.writeTextFile(target, "old\n");
    const { error } = await copy(await source(folder), target, folder.path);
    assert.equal(error!.code, "file/disk-full");
    assert.equal(error!.step, "w");
    assert.equal(await Deno.readTextFile(target), "old\n");
    assert.deepEqual([...Deno.readDirSync(disk.path)].length, 1);
    assert.deepEqual(leftovers(folder.path), []);
  },
});

Deno.test({
  name: "a disk that is full of spilled tables fails the run, and is freed",
  ignore,
  async fn() {
    await using folder = await tempDir("full-");
    await using disk = await mountTmpfs(2);
    const result = await copy(
      await source(folder),
      folder.file("out.csv"),
      folder.path,
      { out: `${disk.path}/runs`, manifest: { "memory_budget": 0 } },
    );
    assert.match(result.error!.code, /^(file\/disk-full|run\/folder)$/);
    assert.deepEqual(leftovers(disk.path), []);
    const { status } = JSON.parse(
      await Deno.readTextFile(`${result.runFolder}/status.json`),
    );
    assert.equal(status, "failed");
  },
});

Deno.test({
  name: "a run whose log has no room left stops and says so",
  ignore,
  async fn() {
    await using folder = await tempDir("full-");
    await using disk = await mountTmpfs(1);
    await Deno.writeTextFile(folder.file("in.csv"), "n,t\n1,a\n");
    const { error } = await copy("in.csv", "out.csv", folder.path, {
      out: `${disk.path}/runs`,
      onEvent({ event }) {
        if (event !== "run_start") return;
        try {
          Deno.writeFileSync(`${disk.path}/fill`, new Uint8Array(1 << 20));
        } catch {
          // Full is what it is to be.
        }
      },
    });
    assert.equal(error!.code, "run/folder");
    assert.match(error!.message, /full/);
  },
});
