// kill -9 at random points of runs from MySQL to Supabase.
import assert from "node:assert/strict";
import { killAtPoints, pointsOf, seedOf, tell } from "../kit/run/chaos.ts";
import { toSupabase, type Way } from "../kit/run/chaos_supabase.ts";

const WAYS:
  readonly (Way & { readonly share: number; readonly few: number })[] = [
    { channel: "direct", mode: "append", share: 0.1, few: 2 },
    { channel: "direct", mode: "upsert", share: 0.05, few: 1 },
    { channel: "rest", mode: "append", share: 0.1, few: 2 },
    { channel: "rest", mode: "upsert", share: 0.05, few: 1 },
    { channel: "rest", mode: "replace", share: 0.05, few: 1 },
  ];

for (const { share, few, ...way } of WAYS) {
  const one = toSupabase(way);
  Deno.test(`a killed run loses and doubles nothing, and the next one makes it right: ${one.name}`, async () => {
    const points = pointsOf(share, few);
    const tally = await killAtPoints(one, points, seedOf());
    tell(one.name, tally);
    assert.ok(tally.killed >= points / 2, "few were killed");
    if (way.channel === "direct") assert.equal(tally.asked, 0);
  });
}
