/**
 * A column of every logical type, with its extremes and a NULL.
 *
 * @module
 */
import type { Value } from "../table/builder.ts";
import { decimal, formatType, type LogicalType, types } from "../table/type.ts";
import type { TestColumn } from "./tables.ts";

const DAY_US = 86_400_000_000n;

const SAMPLES: readonly (readonly [LogicalType, readonly Value[]])[] = [
  [types.bool, [true, false]],
  [types.int8, [-128, 127]],
  [types.int16, [-32_768, 32_767]],
  [types.int32, [-2_147_483_648, 2_147_483_647]],
  [types.int64, [-(2n ** 63n), 2n ** 63n - 1n]],
  [types.uint8, [0, 255]],
  [types.uint16, [0, 65_535]],
  [types.uint32, [0, 4_294_967_295]],
  [types.uint64, [0n, 2n ** 64n - 1n]],
  [types.float32, [-0.5, 16_777_216]],
  [types.float64, [5e-324, 1.7976931348623157e308]],
  [decimal(10, 2), [-9_999_999_999n, 9_999_999_999n]],
  [decimal(38, 10), [-(10n ** 38n) + 1n, 10n ** 38n - 1n]],
  [types.utf8, ["", 'a,"b"\n\t\\ \u{1F600} žluť']],
  [types.binary, [new Uint8Array(0), new Uint8Array([0, 10, 34, 255])]],
  [types.date, [-25_567, 49_673]], // 1900-01-01, 2106-01-01
  [types.time, [0n, DAY_US - 1n]],
  [types.timestamp, [-2_208_988_800_000_000n, 4_291_747_199_999_999n]],
  [types.timestampUtc, [0n, 1_234_567_890_123_456n]],
  [types.json, ["null", '{"a":[1,"x"]}']],
  [types.null, [null, null]],
];

/** Columns by the name of their type, three rows each: two extremes and a NULL. */
export function typeSamples(): Record<string, TestColumn> {
  return Object.fromEntries(
    SAMPLES.map(([type, values]) => [
      formatType(type).replace(/\W+/g, "_").replace(/_$/, ""),
      [type, [...values, null]],
    ]),
  );
}
