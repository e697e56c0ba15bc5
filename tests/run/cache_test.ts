import assert from "node:assert/strict";
import { fc } from "../deps/fast_check.ts";
import { TableCache } from "../../src/run/cache.ts";
import { type Batch, batchBytes } from "../../src/table/batch.ts";
import { rowsBatch } from "../kit/run/drivers.ts";
import { count, treeOf } from "../kit/run/run.ts";
import { tableOf } from "../kit/table.ts";
import { tempDir } from "../kit/temp.ts";

async function* stream(...batches: Batch[]): AsyncGenerator<Batch> {
  yield* batches;
}

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  return await Array.fromAsync(batches);
}

function cacheIn(folder: string, budget: number, spilled: string[] = []) {
  return new TableCache({
    folder: `${folder}/work`,
    keepFolder: `${folder}/kept`,
    budget,
    onSpill: (table) => spilled.push(table),
  });
}

Deno.test("TableCache gives back what it took, whatever the budget", async () => {
  await using folder = await tempDir();
  const sizes = fc.array(fc.integer({ min: 0, max: 50 }), {
    minLength: 1,
    maxLength: 8,
  });
  const budget = fc.integer({ min: 0, max: 6000 });
  await fc.assert(
    fc.asyncProperty(sizes, budget, async (lengths, bytes) => {
      const cache = cacheIn(folder.path, bytes);
      let from = 0;
      const batches = lengths.map((n) => rowsBatch(from, from += n));
      await cache.put("t", stream(...batches));
      assert.equal(cache.rows("t"), from);
      assert.ok(cache.bytes <= bytes);
      for (const isLast of [false, false, true]) {
        const table = tableOf(await all(cache.get("t", isLast)));
        assert.deepEqual(table.n, count(from));
        assert.deepEqual(table.text, count(from).map((n) => `row ${n}`));
      }
      cache.clear("t");
      assert.equal(cache.bytes, 0);
    }),
    { numRuns: 60 },
  );
  assert.deepEqual(treeOf(folder.path), []);
});

Deno.test("TableCache keeps its batches whole when a copy is transferred away", async () => {
  await using folder = await tempDir();
  const cache = cacheIn(folder.path, 1e6);
  await cache.put("t", stream(rowsBatch(0, 10)));
  for await (const { columns } of cache.get("t", false)) {
    structuredClone(null, { transfer: columns.map(({ data }) => data.buffer) });
  }
  assert.deepEqual(tableOf(await all(cache.get("t", true))).n, count(10));
});

Deno.test("TableCache gives its own buffers away to the last consumer, and counts them no more", async () => {
  await using folder = await tempDir();
  const cache = cacheIn(folder.path, 1e6);
  const batches = [rowsBatch(0, 10), rowsBatch(10, 20)];
  const buffers = batches.map(({ columns }) => columns[0].data.buffer);
  await cache.put("t", stream(...batches));
  const before = cache.bytes;
  const given = cache.get("t", true);
  const first = (await given.next()).value as Batch;
  assert.equal(first.columns[0].data.buffer, buffers[0]);
  assert.equal(cache.bytes, before - batchBytes(first));
  await all(given);
  assert.equal(cache.bytes, 0);
});

Deno.test("TableCache spills past the budget that all tables share", async () => {
  await using folder = await tempDir();
  const spilled: string[] = [];
  const one = batchBytes(rowsBatch(0, 100));
  const cache = cacheIn(folder.path, one * 2, spilled);
  await cache.put("a", stream(rowsBatch(0, 100)));
  await cache.put("b", stream(rowsBatch(0, 100), rowsBatch(100, 200)));
  assert.deepEqual(spilled, ["b"]);
  assert.deepEqual(treeOf(folder.path), ["work/b.arrow"]);
  cache.clear("a");
  await cache.put("c", stream(rowsBatch(0, 100)));
  assert.deepEqual(spilled, ["b"]);
  cache.close();
  assert.deepEqual(treeOf(folder.path), []);
  assert.ok(cache.peakDiskBytes > one);
});

Deno.test("TableCache drops a table whose producer fails, and its file", async () => {
  await using folder = await tempDir();
  const cache = cacheIn(folder.path, 0);
  const failing = (async function* () {
    yield rowsBatch(0, 5);
    throw new Error("no more");
  })();
  await assert.rejects(cache.put("t", failing), /no more/);
  assert.deepEqual(cache.tables, []);
  assert.deepEqual(treeOf(folder.path), []);
  await assert.rejects(all(cache.get("t", true)), { code: "internal/bug" });
});

Deno.test("TableCache takes a table again in place of the one before", async () => {
  await using folder = await tempDir();
  const cache = cacheIn(folder.path, 0);
  await cache.put("t", stream(rowsBatch(0, 5)));
  await cache.put("t", stream(rowsBatch(0, 3)));
  assert.equal(cache.rows("t"), 3);
  assert.deepEqual(tableOf(await all(cache.get("t", false))).n, count(3));
  cache.close();
});

Deno.test("TableCache leaves the file of a kept table, whole or not at all", async () => {
  await using folder = await tempDir();
  const cache = cacheIn(folder.path, 1e6);
  await cache.put("t", stream(rowsBatch(0, 5)), true);
  const kept = cache.kept("t")!;
  cache.close();
  assert.deepEqual(treeOf(folder.path), ["kept/t.arrow"]);
  const next = cacheIn(folder.path, 1e6);
  next.adopt("t", kept);
  assert.equal(next.rows("t"), 5);
  assert.deepEqual(tableOf(await all(next.get("t", true))).n, count(5));
  next.clear("t");
  assert.deepEqual(treeOf(folder.path), []);
});

Deno.test("TableCache says that a folder can't be written", async () => {
  await using folder = await tempDir();
  await folder.write("work", "a file in its place");
  const cache = cacheIn(folder.path, 0);
  const { code } = await cache.put("t", stream(rowsBatch(0, 5))).catch((e) =>
    e
  );
  assert.match(code, /^file\//);
});
