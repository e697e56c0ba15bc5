import assert from "node:assert/strict";
import { fromArrow, toArrow } from "../../src/table/arrow.ts";
import { decimal, types } from "../../src/table/type.ts";
import {
  arrowDecimal,
  columnFromArray,
  dictionary,
  fromArrow as arqueroFromArrow,
  tableFromColumns,
  tableFromIPC,
  tableToIPC,
  timestamp,
  utf8,
} from "../deps/arrow_tools.ts";
import { fc } from "../deps/fast_check.ts";
import { anyBatch } from "../kit/arbitrary_table.ts";
import { batchOf, tableOf } from "../kit/table.ts";
import { ipcWriter } from "../../src/table/ipc.ts";

Deno.test("fromArrow() undoes toArrow() for any table, over the same buffers", () => {
  fc.assert(fc.property(
    anyBatch({ minColumns: 1 }),
    fc.integer({ min: 1, max: 3 }),
    (batch, times) => {
      const batches = Array(times).fill(batch);
      const again = fromArrow(toArrow(batches));
      assert.equal(again.length, times);
      assert.deepEqual(again[0].schema, batch.schema);
      assert.deepEqual(tableOf(again), tableOf(batches));
      for (const [i, { data, type }] of again[0].columns.entries()) {
        if (type.kind !== "null") {
          assert.equal(data.buffer, batch.columns[i].data.buffer);
        }
      }
    },
  ));
});

Deno.test("toArrow() gives values exactly", () => {
  const table = toArrow([batchOf(
    ["id", types.int64, [2n ** 62n, null]],
    ["price", decimal(30, 2), [-(10n ** 29n), 1n]],
    ["at", types.timestamp, [1_700_000_000_000_001n, null]],
    ["note", types.utf8, ["", null]],
    ["flag", types.bool, [false, null]],
  )]);
  assert.deepEqual([...table], [
    {
      id: 2n ** 62n,
      price: -(10n ** 29n),
      at: 1_700_000_000_000_001n,
      note: "",
      flag: false,
    },
    { id: null, price: 1n, at: null, note: null, flag: null },
  ]);
});

Deno.test("toArrow() gives a table that flechette writes and reads back", () => {
  const batch = batchOf(
    ["a", types.int32, [1, null, 3]],
    ["b", types.json, ["{}", null, "[]"]],
    ["c", types.time, [-1n, null, 1n]],
  );
  const again = fromArrow(tableFromIPC(tableToIPC(toArrow([batch]), {})!, {
    useBigInt: true,
  }));
  assert.deepEqual(again[0].schema, batch.schema);
  assert.deepEqual(tableOf(again), tableOf([batch]));
});

Deno.test("toArrow() gives a table that Arquero takes", () => {
  const table = arqueroFromArrow(
    toArrow([batchOf(["n", types.int32, [1, 2, 3]])]) as never,
  );
  assert.equal(table.filter((d: { n: number }) => d.n > 1).numRows(), 2);
});

Deno.test("flechette reads what ipcWriter() writes", () => {
  const batch = batchOf(["a", types.utf8, ["x", null]], ["b", types.bool, [
    true,
    null,
  ]]);
  const writer = ipcWriter(batch.schema);
  const bytes = [writer.header(), ...writer.batch(batch), writer.end()];
  const stream = new Uint8Array(bytes.flatMap((piece) => [...piece]));
  assert.deepEqual([...tableFromIPC(stream)], [
    { a: "x", b: true },
    { a: null, b: null },
  ]);
});

Deno.test("fromArrow() converts dictionaries of text and other units of time", () => {
  const table = tableFromColumns({
    word: columnFromArray(["a", "b", null, "a"], dictionary(utf8())),
    second: columnFromArray([0, 1000, null, 5000], timestamp(0)),
    milli: columnFromArray([0, 1, null, -1], timestamp(1, "UTC")),
  });
  const [batch] = fromArrow(table as never);
  assert.deepEqual(tableOf([batch]), {
    word: ["a", "b", null, "a"],
    second: [0n, 1_000_000n, null, 5_000_000n],
    milli: [0n, 1000n, null, -1000n],
  });
  assert.deepEqual(batch.schema.fields[2].type, types.timestampUtc);
});

Deno.test("fromArrow() takes decimals of any width", () => {
  for (const bits of [32, 64, 128, 256] as const) {
    const table = tableFromColumns({
      d: columnFromArray([-1.5, 99.25, null], arrowDecimal(9, 2, bits)),
    });
    if (bits === 32) { // flechette's builder takes the scale for the unit here
      table.children[0].data[0].values.set([-150, 9925] as never);
    }
    const [batch] = fromArrow(table as never);
    assert.deepEqual(tableOf([batch]), { d: [-150n, 9925n, null] });
    assert.deepEqual(batch.schema.fields[0].type, decimal(9, 2));
  }
});

Deno.test("fromArrow() refuses nanoseconds that are no whole microseconds", () => {
  const table = tableFromColumns({
    at: columnFromArray([1], timestamp(3)),
  });
  (table.children[0].data[0].values as unknown as BigInt64Array)[0] = 1001n;
  assert.throws(() => fromArrow(table as never), { code: "data/lossy" });
});
