import assert from "node:assert/strict";
import {
  countOf,
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
} from "../src/units.ts";

Deno.test("parseDuration() reads text with a unit, and numbers as seconds", () => {
  const cases: [unknown, number | undefined][] = [
    ["250ms", 250],
    ["30s", 30_000],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["1d", 86_400_000],
    [30, 30_000],
    [0.25, 250],
    [0, 0],
    ["30", undefined],
    ["30 s", undefined],
    ["1h30m", undefined],
    ["-1s", undefined],
    ["", undefined],
    [-1, undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [null, undefined],
  ];
  for (const [value, expected] of cases) {
    assert.equal(parseDuration(value), expected, String(value));
  }
});

Deno.test("parseSize() reads text with a unit, and numbers as bytes", () => {
  const cases: [unknown, number | undefined][] = [
    ["512MiB", 512 * 2 ** 20],
    ["1.5GB", 1.5e9],
    ["64KiB", 65_536],
    ["2kB", 2000],
    ["7B", 7],
    [1000, 1000],
    ["1000", undefined],
    ["1TB", undefined],
    ["1mb", undefined],
    [-1, undefined],
    [2 ** 60, undefined],
    [true, undefined],
  ];
  for (const [value, expected] of cases) {
    assert.equal(parseSize(value), expected, String(value));
  }
});

Deno.test("formatDuration() and formatSize() choose a unit that is easy to read", () => {
  assert.deepEqual([45.4, 1234, 185_000, 7_500_000].map(formatDuration), [
    "45 ms",
    "1.2 s",
    "3 min 5 s",
    "2 h 5 min",
  ]);
  assert.deepEqual([12, 1536, 64 * 2 ** 20, 3 * 2 ** 40].map(formatSize), [
    "12 B",
    "1.5 KiB",
    "64 MiB",
    "3 TiB",
  ]);
});

Deno.test("countOf() knows one from many and sets thousands apart", () => {
  assert.equal(countOf(0, "row"), "0 rows");
  assert.equal(countOf(1, "row"), "1 row");
  assert.equal(countOf(1234567, "row"), "1,234,567 rows");
  assert.equal(countOf(2, "entry", "entries"), "2 entries");
});
