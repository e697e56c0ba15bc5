// Values of cursors, exact however long they are.
import assert from "node:assert/strict";
import {
  cursorValue,
  formatValue,
  isAbove,
  movedDown,
} from "../../drivers/supabase/cursor_value.ts";
import { fc } from "../deps/fast_check.ts";

const down = (text: string, by: string | number): string =>
  formatValue(movedDown(cursorValue(text)!, by));

Deno.test("movedDown() moves times and numbers, past any border", () => {
  assert.equal(down("10", 3), "7");
  assert.equal(down("0.05", "0.1"), "-0.05");
  assert.equal(down("1e3", 1), "999");
  assert.equal(down("1.5e-3", "0.001"), "0.0005");
  assert.equal(down("9007199254740993", 1), "9007199254740992");
  assert.equal(
    down("2024-03-01T00:00:00.000001+02:00", "1 day"),
    "2024-02-28T22:00:00.000001+00:00",
  );
  assert.equal(
    down("1970-01-01T00:00:00.5", "1 second"),
    "1969-12-31T23:59:59.500000+00:00",
  );
  assert.equal(
    down("2024-01-01", "1 week"),
    "2023-12-25T00:00:00.000000+00:00",
  );
});

Deno.test("movedDown() refuses what does not go together", () => {
  for (
    const [text, overlap] of [
      ["5", "1 day"],
      ["2024-01-01", 5],
      ["5", "soon"],
      ["5", -1],
    ] as const
  ) {
    assert.throws(() => down(text, overlap), { code: "config/invalid" });
  }
  assert.equal(cursorValue("abc"), undefined);
});

Deno.test("isAbove() orders decimals as integers of one scale", () => {
  const decimal = fc.tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.nat(12));
  fc.assert(fc.property(decimal, decimal, ([a, i], [b, j]) => {
    const value = (units: bigint, scale: number) =>
      cursorValue(formatValue({ units, scale, isTime: false }))!;
    assert.equal(
      isAbove(value(a, i), value(b, j)),
      a * 10n ** BigInt(j) > b * 10n ** BigInt(i),
    );
  }));
});
