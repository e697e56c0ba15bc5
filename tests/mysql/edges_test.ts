import assert from "node:assert/strict";
import { decimal, type LogicalType, types } from "../../src/table/type.ts";
import { rowsOf } from "../kit/assert_table.ts";
import { refusal } from "../kit/faults.ts";
import { sharedMariadb } from "../kit/servers.ts";
import { batchOf, type Cell } from "../kit/table.ts";
import { read, write } from "./kit.ts";

const server = await sharedMariadb();

const REFUSED = /^(data\/(lossy|type)|sql\/(out-of-range|data-too-long))$/;

/** A type, what its values are written from, its extremes, and what lies beyond them. */
type Edge = readonly [
  type: string,
  from: LogicalType,
  kept: readonly Cell[],
  refused: readonly Cell[],
];

const integers = (type: string, bits: bigint): Edge[] => {
  const whole = decimal(20, 0), half = 1n << (bits - 1n);
  return [
    [type, whole, [-half, half - 1n], [-half - 1n, half]],
    [`${type} unsigned`, whole, [0n, 2n * half - 1n], [-1n, 2n * half]],
  ];
};

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(255);

const EDGES: readonly Edge[] = [
  ...integers("tinyint", 8n),
  ...integers("smallint", 16n),
  ...integers("mediumint", 24n),
  ...integers("int", 32n),
  ...integers("bigint", 64n),
  ["decimal(65,30)", decimal(65, 30), [10n ** 65n - 1n], []],
  ["decimal(5,2)", decimal(6, 2), [-99_999n, 99_999n], [-100_000n, 100_000n]],
  ["float", types.float64, [3.4028234663852886e38], [3.5e38, -3.5e38]],
  ["bit(1)", types.int32, [0, 1], [-1, 2]],
  ["bit(64)", decimal(20, 0), [2n ** 64n - 1n], [2n ** 64n]],
  ["year", types.int32, [1901, 2155], [1900, 2156]],
  ["date", types.date, [-719_162, 2_932_896], [2_932_897]],
  [
    "time(6)",
    types.time,
    [-3_020_399_999_999n, 3_020_399_999_999n],
    [-3_020_400_000_000n, 3_020_400_000_000n],
  ],
  [
    "datetime(6)",
    types.timestamp,
    [253_402_300_799_999_999n],
    [253_402_300_800_000_000n],
  ],
  ["timestamp(6)", types.timestampUtc, [1_000_001n], [
    0n,
    2n ** 32n * 10n ** 6n,
  ]],
  ["char(3)", types.utf8, ["žžž"], ["žžžž"]],
  ["varchar(3)", types.utf8, ["😀😀😀"], ["😀😀😀😀"]],
  ["tinytext", types.utf8, ["x".repeat(255)], ["x".repeat(256)]],
  ["text", types.utf8, ["x".repeat(65_535)], ["x".repeat(65_536)]],
  ["varbinary(2)", types.binary, [bytes(2)], [bytes(3)]],
  ["binary(2)", types.binary, [bytes(2)], [bytes(3)]],
  ["tinyblob", types.binary, [bytes(255)], [bytes(256)]],
  ["blob", types.binary, [bytes(65_535)], [bytes(65_536)]],
  ["mediumtext", types.utf8, ["x".repeat(16_777_215)], [
    "x".repeat(16_777_216),
  ]],
];

Deno.test("mysql.writer stores the least and the greatest of each type, and refuses one further", async () => {
  await using db = await server.database("edges");
  for (const [type, from, kept, refused] of EDGES) {
    await db.sql(`DROP TABLE IF EXISTS t; CREATE TABLE t (v ${type})`);
    // The values of 16 MiB are more than an INSERT may hold here.
    const ways = type === "mediumtext"
      ? ["load_data"]
      : ["load_data", "insert"];
    for (const bulk of ways) {
      const put = (value: Cell) =>
        write(db.connection, { table: "t", bulk }, [
          batchOf(["v", from, [value]]),
        ]);
      for (const value of kept) await put(value);
      for (const value of refused) {
        const { code } = await refusal(() => put(value));
        assert.match(
          code,
          REFUSED,
          `${type}, ${bulk}: ${String(value).slice(0, 40)}`,
        );
      }
    }
    const [{ n }] = await db.sql("SELECT COUNT(*) n FROM t");
    assert.equal(Number(n), kept.length * ways.length, type);
    // Given back as they came.
    const back = await read(db.connection, { table: "t", tinyint1: "int" });
    const texts = rowsOf(back.batches).map(([value]) => plain(value));
    const wanted = ways.flatMap(() => kept.map(plain));
    assert.deepEqual(texts, wanted, type);
  }
});

/** Numbers of any kind alike, and nothing too long for a message. */
function plain(value: unknown): string {
  const text = String(value);
  return text.length > 80 ? `${text.length}: ${text.slice(-40)}` : text;
}
