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

Deno.test("TableCache moves tables to disk to make room for what steps hold", async () => {
  await using folder = await tempDir();
  const spilled: string[] = [];
  const one = batchBytes(rowsBatch(100, 200));
  const cache = cacheIn(folder.path, one * 3, spilled);
  await cache.put("a", stream(rowsBatch(100, 200)));
  await cache.put("b", stream(rowsBatch(100, 200), rowsBatch(200, 300)));
  await cache.hold(one);
  assert.equal(cache.bytes, one * 2);
  assert.deepEqual(spilled, ["a"]);
  await cache.put("c", stream(rowsBatch(100, 200))); // there is no room for it
  assert.deepEqual(spilled, ["a", "c"]);
  assert.equal(cache.peakBytes, one * 3);
  cache.unhold(0);
  for (const table of ["a", "b", "c"]) {
    const { n } = tableOf(await all(cache.get(table, true)));
    assert.deepEqual(n, count(table === "b" ? 300 : 200, 100));
  }
  cache.close();
  assert.deepEqual(treeOf(folder.path), []);
});

Deno.test("TableCache moves a table that is being read or filled, and loses nothing of it", async () => {
  await using folder = await tempDir();
  const at = fc.record({
    isLast: fc.boolean(),
    put: fc.nat(6),
    read: fc.nat(6),
    room: fc.integer({ min: 0, max: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(at, async ({ isLast, put, read, room }) => {
      const one = batchBytes(rowsBatch(100, 200));
      const cache = cacheIn(folder.path, one * room);
      const tables = Array.from(
        { length: 6 },
        (_, i) => rowsBatch(100 + i * 100, 200 + i * 100),
      );
      await cache.put(
        "t",
        async function* () {
          for (const [i, batch] of tables.entries()) {
            if (i === put) await cache.hold(one * room);
            yield batch;
          }
        }(),
      );
      cache.unhold(0);
      assert.ok(cache.size("t") >= one * 6 && cache.size("t") < one * 6.1);
      const seen: Batch[] = [];
      let size = 0;
      for await (const batch of cache.get("t", isLast)) {
        if (seen.length === read) await cache.hold(one * 7);
        seen.push(batch);
        size += batchBytes(batch);
      }
      assert.deepEqual(tableOf(seen).n, count(700, 100));
      assert.ok(size <= cache.size("t"));
      assert.ok(cache.bytes === 0 || read === 6);
      if (!isLast) {
        const again = tableOf(await all(cache.get("t", true)));
        assert.deepEqual(again.n, count(700, 100));
      }
      cache.clear("t");
      assert.equal(cache.bytes, 0);
      assert.equal(cache.diskBytes, 0);
    }),
    { numRuns: 60 },
  );
  assert.deepEqual(treeOf(folder.path), []);
});

Deno.test("TableCache counts a table no more that its last reader counts, and leaves it in memory", async () => {
  await using folder = await tempDir();
  const cache = cacheIn(folder.path, 1e6);
  await cache.put("t", stream(rowsBatch(0, 10), rowsBatch(10, 20)));
  const { bytes } = cache;
  cache.lend("t");
  await cache.hold(bytes);
  assert.equal(cache.bytes, 0);
  assert.equal(cache.peakBytes, bytes);
  await cache.hold(2e6);
  assert.deepEqual(treeOf(folder.path), []);
  assert.deepEqual(tableOf(await all(cache.get("t", true))).n, count(20));
  assert.equal(cache.bytes, 0);
});

Deno.test("TableCache drops a table while it goes to disk", async () => {
  await using folder = await tempDir();
  const cache = cacheIn(folder.path, 1e6);
  await cache.put("t", stream(rowsBatch(0, 10), rowsBatch(10, 20)));
  const room = cache.hold(1e6);
  cache.clear("t");
  await room;
  assert.deepEqual([cache.bytes, cache.diskBytes], [0, 0]);
  assert.deepEqual(treeOf(folder.path), []);
});

Deno.test("TableCache tells whoever asks for room, and whoever reads, that a table can't go to disk", async () => {
  await using folder = await tempDir();
  await folder.write("work", "a file in its place");
  const cache = cacheIn(folder.path, 1e6);
  await cache.put("t", stream(rowsBatch(0, 5)));
  await assert.rejects(cache.hold(1e6), { code: /^file\// });
  await assert.rejects(all(cache.get("t", true)), { code: /^file\// });
  cache.close();
  assert.equal(cache.bytes, 0);
});
