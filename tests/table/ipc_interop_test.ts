import assert from "node:assert/strict";
import { ipcWriter, readIpc } from "../../src/table/ipc.ts";
import { decimal, types } from "../../src/table/type.ts";
import { tableFromIPC } from "../deps/apache_arrow.ts";
import { batchOf, tableOf } from "../kit/table.ts";

const batch = batchOf(
  ["null", types.null, [null, null, null]],
  ["bool", types.bool, [true, null, false]],
  ["int8", types.int8, [-128, null, 127]],
  ["uint16", types.uint16, [0, null, 65535]],
  ["int64", types.int64, [-(2n ** 63n), null, 2n ** 63n - 1n]],
  ["uint64", types.uint64, [0n, null, 2n ** 64n - 1n]],
  ["float32", types.float32, [1.5, null, -0]],
  ["float64", types.float64, [0.1, null, NaN]],
  ["text", types.utf8, ["", null, "žluť 🐎"]],
  ["bytes", types.binary, [new Uint8Array([0, 255]), null, new Uint8Array(0)]],
  ["json", types.json, ["{}", null, "[1]"], {
    metadata: { "mysql.type": "json" },
  }],
  ["date", types.date, [-1, null, 19_000]],
  ["naive", types.timestamp, [-1n, null, 1_700_000_000_000_001n]],
  ["utc", types.timestampUtc, [-1n, null, 1_700_000_000_000_001n]],
  ["duration", types.time, [-3_020_399_000_000n, null, 1n]],
  ["money", decimal(30, 2), [-1n, null, 10n ** 29n]],
);

function stream(times: number): Uint8Array {
  const writer = ipcWriter(batch.schema);
  const pieces = [writer.header(), writer.end()];
  pieces.splice(
    1,
    0,
    ...Array(times).fill(0).flatMap(() => writer.batch(batch)),
  );
  return new Uint8Array(pieces.flatMap((piece) => [...piece]));
}

Deno.test("apache-arrow reads what ipcWriter() writes", () => {
  const table = tableFromIPC(stream(2));
  assert.equal(table.numRows, 6);
  const types = Object.fromEntries(
    table.schema.fields.map(({ name, type }) => [name, String(type)]),
  );
  assert.deepEqual(types, {
    null: "Null",
    bool: "Bool",
    int8: "Int8",
    uint16: "Uint16",
    int64: "Int64",
    uint64: "Uint64",
    float32: "Float32",
    float64: "Float64",
    text: "Utf8",
    bytes: "Binary",
    json: "Utf8",
    date: "Date32<DAY>",
    naive: "Timestamp<MICROSECOND>",
    utc: "Timestamp<MICROSECOND, UTC>",
    duration: "Duration<MICROSECOND>",
    money: "Decimal[30e+2]",
  });
  const values = (name: string): unknown[] =>
    [...table.getChild(name)!].slice(3);
  assert.deepEqual(values("int64"), [-(2n ** 63n), null, 2n ** 63n - 1n]);
  assert.deepEqual(values("uint64"), [0n, null, 2n ** 64n - 1n]);
  assert.deepEqual(values("text"), ["", null, "žluť 🐎"]);
  assert.deepEqual(values("bool"), [true, null, false]);
  assert.deepEqual(values("float64"), [0.1, null, NaN]);
  assert.equal(table.schema.fields[10].metadata.get("mysql.type"), "json");
  assert.equal(table.schema.fields[10].metadata.get("osiris.type"), "json");
});

Deno.test({
  name:
    "pyarrow reads what ipcWriter() writes, and readIpc() what pyarrow writes",
  // Runs where PYARROW_PYTHON names a Python that has pyarrow.
  ignore: Deno.env.get("PYARROW_PYTHON") === undefined,
  async fn() {
    const script = `
import sys, pyarrow as pa
table = pa.ipc.open_stream(sys.stdin.buffer).read_all()
table.validate(full=True)
with pa.ipc.new_stream(sys.stdout.buffer, table.schema) as out:
    out.write_table(table)
`;
    const python = new Deno.Command(Deno.env.get("PYARROW_PYTHON")!, {
      args: ["-c", script],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const input = python.stdin.getWriter();
    await input.write(stream(2) as Uint8Array<ArrayBuffer>);
    await input.close();
    const read = await Array.fromAsync(readIpc(python.stdout));
    assert.ok((await python.status).success);
    assert.deepEqual(read[0].schema, batch.schema);
    assert.deepEqual(tableOf(read), tableOf([batch, batch]));
  },
});
