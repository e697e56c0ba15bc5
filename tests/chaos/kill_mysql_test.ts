// kill -9 at random points of runs between MySQL and files.
import assert from "node:assert/strict";
import { killAtPoints, pointsOf, seedOf, tell } from "../kit/run/chaos.ts";
import { fromMysql, toMysql } from "../kit/run/chaos_mysql.ts";

for (
  const [one, share, few] of [
    [fromMysql, 0.15, 2],
    [toMysql("append"), 0.25, 5],
    [toMysql("replace"), 0.15, 2],
    [toMysql("upsert"), 0.15, 2],
  ] as const
) {
  Deno.test(`a killed run leaves its target whole, and the next one makes it right: ${one.name}`, async () => {
    const points = pointsOf(share, few);
    const tally = await killAtPoints(one, points, seedOf());
    tell(one.name, tally);
    assert.equal(tally.asked, 0, "runs that could not tell what they had done");
    assert.ok(tally.killed >= points / 2, "few were killed");
  });
}
