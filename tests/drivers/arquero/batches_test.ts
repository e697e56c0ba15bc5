import assert from "node:assert/strict";
import driver from "../../../drivers/arquero/transform.ts";
import {
  type Batch,
  BATCH_BYTES,
  BATCH_ROWS,
  batchBuffers,
  batchBytes,
} from "../../../src/table/batch.ts";
import { ipcWriter, readIpc } from "../../../src/table/ipc.ts";
import { types } from "../../../src/table/type.ts";
import { tableInput } from "../../kit/drive.ts";
import { batchOf, tableOf } from "../../kit/table.ts";
import { transform } from "./run.ts";

/** The batches as a spill file gives them: the columns of each in one buffer. */
async function spilled(batches: readonly Batch[]): Promise<Batch[]> {
  const writer = ipcWriter(batches[0].schema);
  const pieces = [
    writer.header(),
    ...batches.flatMap((batch) => writer.batch(batch)),
    writer.end(),
  ];
  return await Array.fromAsync(readIpc((async function* () {
    yield* pieces;
  })()));
}

/** Runs verbs; every batch is taken away, buffers and all, before the next is asked for. */
async function taken(
  inputs: Record<string, Batch[]>,
  verbs: unknown[],
): Promise<Batch[]> {
  const output = driver.run({
    config: { verbs },
    connection: null,
    inputs: Object.fromEntries(
      Object.entries(inputs).map(([name, batches]) => [
        name,
        tableInput(batches),
      ]),
    ),
    values: {},
    sources: {},
    targets: {},
  }, {
    signal: new AbortController().signal,
    account() {},
    emit() {},
  } as never) as AsyncIterable<Batch>;
  const received: Batch[] = [];
  for await (const batch of output) {
    received.push(structuredClone(batch, { transfer: batchBuffers(batch) }));
  }
  return received;
}

const family = (): Batch[] => [
  batchOf(
    ["id", types.int64, [1n, 2n]],
    ["parent", types.int64, [null, 1n]],
    ["name", types.utf8, ["Ada", "Bob"]],
    ["photo", types.binary, [new Uint8Array([1]), new Uint8Array([2, 2])]],
  ),
  batchOf(
    ["id", types.int64, [3n]],
    ["parent", types.int64, [1n]],
    ["name", types.utf8, ["Cyd"]],
    ["photo", types.binary, [new Uint8Array([3])]],
  ),
];

Deno.test("a batch may be taken away while later ones still need its source", async () => {
  const batches = await taken({ people: await spilled(family()) }, [
    {
      lookup: {
        with: "people",
        on: { parent: "id" },
        values: [{ name: "parentName" }, { photo: "parentPhoto" }],
      },
    },
    { derive: { first: "op.first_value(d.photo)", again: "d.name" } },
  ]);
  assert.equal(batches.length, 2);
  assert.deepEqual(tableOf(batches), {
    ...tableOf(family()),
    parentName: [null, "Ada", "Ada"],
    parentPhoto: [null, new Uint8Array([1]), new Uint8Array([1])],
    first: [1, 1, 1].map((byte) => new Uint8Array([byte])),
    again: ["Ada", "Bob", "Cyd"],
  });
});

Deno.test("what goes on as it came is handed on without a copy", async () => {
  const batches = family();
  const buffers = batches.map(({ columns }) => columns[2].data.buffer);
  const result = await transform({ people: batches }, [
    { derive: { longer: "op.length(d.name)" } },
    { select: ["name", "longer"] },
  ]);
  assert.deepEqual(
    result.batches.map(({ columns }) => columns[0].data.buffer),
    buffers,
  );
});

Deno.test("many rows come in batches of their own size", async () => {
  const rows = BATCH_ROWS * 2 + 1;
  const many = batchOf([
    "n",
    types.int32,
    Array.from({ length: rows }, (_, i) => i),
  ]);
  const { batches } = await transform(many, [{ orderby: [{ desc: "n" }] }]);
  assert.deepEqual(batches.map(({ length }) => length), [
    BATCH_ROWS,
    BATCH_ROWS,
    1,
  ]);
  const wide = batchOf([
    "s",
    types.utf8,
    Array.from({ length: 100 }, (_, i) => String(i % 10).repeat(200_000)),
  ]);
  const cut = await transform(wide, [{ filter: "true" }]);
  assert.ok(cut.batches.length >= 5);
  for (const batch of cut.batches) {
    assert.ok(batchBytes(batch) <= BATCH_BYTES * 1.1);
  }
});

Deno.test("a transform stops between verbs and batches when its step is to stop", async () => {
  const stop = new AbortController();
  const reason = new Error("stop");
  stop.abort(reason);
  const output = driver.run({
    config: { verbs: [{ filter: "true" }] },
    connection: null,
    inputs: { people: tableInput(family()) },
    values: {},
    sources: {},
    targets: {},
  }, { signal: stop.signal } as never) as AsyncIterable<Batch>;
  await assert.rejects(Array.fromAsync(output), reason);
});

/** Batches one at a time, remembering how far they were read. */
function counted(
  batches: Batch[],
): { source: Iterable<Batch>; read: () => number } {
  let read = 0;
  return {
    source: (function* () {
      for (const batch of batches) {
        read++;
        yield batch;
      }
    })(),
    read: () => read,
  };
}

async function firstBatch(verbs: unknown[]): Promise<number> {
  const { source, read } = counted(
    Array.from({ length: 10 }, () => family()[0]),
  );
  const output = driver.run({
    config: { verbs },
    connection: null,
    inputs: { people: tableInput(source) },
    values: {},
    sources: {},
    targets: {},
  }, {
    signal: new AbortController().signal,
    account() {},
    emit() {},
  } as never) as AsyncIterable<Batch>;
  for await (const _ of output) break;
  return read();
}

Deno.test("verbs that work row by row take their input batch by batch", async () => {
  assert.equal(
    await firstBatch([
      { filter: "d.id > 1" },
      { derive: { twice: "d.id * 2", initial: "op.upper(d.name)" } },
      { rename: { id: "key" } },
      { select: { not: "photo" } },
    ]),
    1,
  );
  for (
    const verb of [
      { derive: { n: "op.row_number()" } },
      { filter: "d.id < op.mean(d.id)" },
      { derive: { part: "op.split(d.name, 'd')[0]" } }, // of unknown type
      { orderby: "id" },
      { slice: 3 },
    ]
  ) assert.equal(await firstBatch([verb]), 10, JSON.stringify(verb));
});

Deno.test("batch by batch gives what the whole table gives", async () => {
  const batches = () => Array.from({ length: 5 }, family).flat();
  const verbs = [
    { filter: "d.parent !== null && d.id !== 3" },
    { derive: { twice: "d.id * 2", label: "`${d.id}: ${d.name}`" } },
  ];
  const apart = await transform({ people: batches() }, verbs);
  const whole = await transform({ people: batches() }, [
    ...verbs,
    { slice: 1000 },
  ]);
  assert.deepEqual(apart.table, whole.table);
  assert.deepEqual(apart.types, whole.types);
  assert.deepEqual(apart.accounted, { filtered: 10 });
  const none = await transform({ people: batches() }, [
    { filter: "d.id > 100" },
    { derive: { x: "d.id / 2" } },
  ]);
  assert.equal(none.batches.length, 1);
  assert.deepEqual(none.accounted, { filtered: 15 });
  assert.equal(none.types.x, "float64");
});
