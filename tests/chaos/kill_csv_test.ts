// kill -9 at random points of runs from CSV to CSV.
import assert from "node:assert/strict";
import { killAtPoints, pointsOf, seedOf, tell } from "../kit/run/chaos.ts";
import { toCsv } from "../kit/run/chaos_csv.ts";

for (
  const [more, share, few] of [
    [{ "memory_budget": 0 }, 0.15, 3],
    [{ checkpoint: true }, 0.15, 3],
    [{ isolation: "process" }, 0.15, 3],
  ] as const
) {
  Deno.test(`a killed run leaves files whole, and the next one makes them right: ${JSON.stringify(more)}`, async () => {
    const one = toCsv(more);
    const points = pointsOf(share, few);
    const tally = await killAtPoints(one, points, seedOf());
    tell(one.name, tally);
    assert.ok(tally.killed >= points / 2, "few were killed");
  });
}
