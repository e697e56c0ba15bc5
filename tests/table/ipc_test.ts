import assert from "node:assert/strict";
import { type Batch, emptyBatch } from "../../src/table/batch.ts";
import { ipcWriter, readIpc } from "../../src/table/ipc.ts";
import { decimal, type Schema, types } from "../../src/table/type.ts";
import { fc } from "../deps/fast_check.ts";
import { anyBatch } from "../kit/arbitrary_table.ts";
import { batchOf, columnOf, tableOf } from "../kit/table.ts";

function encode(schema: Schema, batches: readonly Batch[]): Uint8Array {
  const writer = ipcWriter(schema);
  const pieces = [
    writer.header(),
    ...batches.flatMap((batch) => writer.batch(batch)),
    writer.end(),
  ];
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

async function* chunks(
  bytes: Uint8Array,
  size: number,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
  }
}

async function decode(bytes: Uint8Array, size = 1000): Promise<Batch[]> {
  return await Array.fromAsync(readIpc(chunks(bytes, size)));
}

const orders = batchOf(
  ["id", types.int64, [1n, 2n ** 63n - 1n, null], {
    nullable: false,
    metadata: { "mysql.key": "primary" },
  }],
  ["price", decimal(10, 2), [-1n, 999n, null]],
  ["note", types.utf8, ["", null, "ž"]],
  ["delay", types.time, [-3020399_000000n, null, 90000_000000n]],
  ["extra", types.json, ["{}", null, "[1]"]],
);

Deno.test("readIpc() undoes ipcWriter() for any table, in chunks of any size", async () => {
  await fc.assert(fc.asyncProperty(
    anyBatch(),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 999 }),
    async (batch, times, size) => {
      const read = await decode(
        encode(batch.schema, Array(times).fill(batch)),
        size,
      );
      assert.equal(read.length, times);
      for (const again of read) {
        assert.deepEqual(again.schema, batch.schema);
        assert.equal(again.length, batch.length);
        assert.deepEqual(tableOf([again]), tableOf([batch]));
      }
    },
  ));
});

Deno.test("readIpc() keeps the row count of a table without columns", async () => {
  const [read] = await decode(
    encode({ fields: [] }, [{
      schema: { fields: [] },
      length: 7,
      columns: [],
    }]),
  );
  assert.equal(read.length, 7);
});

Deno.test("readIpc() gives an empty batch with its schema for a stream without batches", async () => {
  const read = await decode(encode(orders.schema, []));
  assert.deepEqual(read, [emptyBatch(orders.schema)]);
});

Deno.test("readIpc() takes no byte beyond the end of its stream from a reader", async () => {
  const stream = encode(orders.schema, [orders]);
  const twice = new Uint8Array([...stream, ...stream]);
  let at = 0;
  const reader = {
    read(into: Uint8Array): Promise<number | null> {
      const part = twice.subarray(at, at + Math.min(into.length, 13));
      into.set(part);
      at += part.length;
      return Promise.resolve(part.length === 0 ? null : part.length);
    },
  };
  for (let i = 1; i <= 2; i++) {
    const read = await Array.fromAsync(readIpc(reader));
    assert.deepEqual(tableOf(read), tableOf([orders]));
    assert.equal(at, stream.length * i);
  }
});

Deno.test("readIpc() closes its source when the loop is left early", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks(encode(orders.schema, [orders, orders]), 10_000);
    } finally {
      closed = true;
    }
  }
  for await (const _ of readIpc(source())) break;
  assert.ok(closed);
});

Deno.test("ipcWriter() writes only a stretch of a longer column", async () => {
  const whole = columnOf(types.utf8, ["aaaa", "bb", "", "c"]);
  const stretch: Batch = {
    schema: { fields: [{ name: "s", type: types.utf8, nullable: false }] },
    length: 2,
    columns: [{
      ...whole,
      length: 2,
      offsets: whole.offsets!.subarray(1, 4),
    }],
  };
  const [read] = await decode(encode(stretch.schema, [stretch]));
  assert.deepEqual(tableOf([read]), { s: ["bb", ""] });
  assert.equal(read.columns[0].data.length, 2);
});

Deno.test("ipcWriter() gives views of the batch's own buffers", () => {
  const buffers = new Set(
    ipcWriter(orders.schema).batch(orders).map((piece) => piece.buffer),
  );
  for (const { data } of orders.columns) assert.ok(buffers.has(data.buffer));
});

Deno.test("readIpc() refuses a stream cut short anywhere", async () => {
  const stream = encode(orders.schema, [orders]);
  for (let length = 0; length < stream.length; length++) {
    await assert.rejects(decode(stream.subarray(0, length)), {
      code: "data/syntax",
    });
  }
});

Deno.test("readIpc() ends any damaged stream in an error or in columns that can be read", async () => {
  const stream = encode(orders.schema, [orders]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(stream.length - 1), fc.nat(255)), {
        minLength: 1,
        maxLength: 4,
      }),
      async (changes) => {
        const damaged = stream.slice();
        for (const [at, byte] of changes) damaged[at] = byte;
        let read: Batch[];
        try {
          read = await decode(damaged);
        } catch (error) {
          const { code } = error as { code?: string };
          assert.ok(code === "data/syntax" || code === "data/type", `${error}`);
          return;
        }
        for (const { columns, length } of read) {
          for (const column of columns) {
            assert.equal(column.length, length);
            for (let row = 0; row < length && column.offsets; row++) {
              assert.ok(column.offsets[row] <= column.offsets[row + 1]);
              assert.ok(column.offsets[row + 1] <= column.data.length);
            }
          }
        }
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("readIpc() refuses bytes that are no Arrow stream", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      await assert.rejects(decode(bytes), { code: "data/syntax" });
    }),
  );
});
