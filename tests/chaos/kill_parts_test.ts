// kill -9 of appends that commit in parts, at random points and exactly as a part
// is made final. With `checkpoint` the resumed run goes on after the parts that
// are there, and never has to ask.
import assert from "node:assert/strict";
import {
  isFull,
  killAtPoints,
  newTally,
  pointsOf,
  type Scenario,
  seedOf,
  tell,
} from "../kit/run/chaos.ts";
import { toMysqlInParts } from "../kit/run/chaos_mysql.ts";
import { toSupabase } from "../kit/run/chaos_supabase.ts";
import { killByProxy } from "../kit/run/chaos_turn.ts";

const inMysql = toMysqlInParts(1000);
const inSupabase = toSupabase({
  channel: "rest",
  mode: "append",
  goesOn: true,
});

/** What the client says to make a part final, and how many parts there are. */
const WAYS: readonly {
  readonly scenario: Scenario;
  readonly word: RegExp;
  readonly parts: number;
}[] = [
  { scenario: inMysql, word: /\bCOMMIT\b/, parts: 20 },
  { scenario: inSupabase, word: /^POST /, parts: 12 },
];

for (const { scenario, word, parts } of WAYS) {
  Deno.test(`a killed run of many commits doubles nothing and asks nothing: ${scenario.name}`, async () => {
    const points = pointsOf(0.15, 3);
    const tally = await killAtPoints(scenario, points, seedOf());
    tell(scenario.name, tally);
    assert.equal(tally.asked, 0, "runs that could not tell what they had done");
    assert.ok(tally.killed >= points / 2, "few were killed");
  });

  for (const isHeard of [false, true]) {
    const when = isHeard ? "has done it, unheard" : "hears it";
    Deno.test(`a run that is killed at one of its commits, when the server ${when}, goes on there: ${scenario.name}`, async () => {
      const tally = newTally();
      const at = isFull() ? Array.from({ length: parts }, (_, i) => i) : [
        0,
        parts >> 1,
        parts - 1,
      ];
      for (const passes of at) {
        const seen = await killByProxy(
          scenario,
          (proxy, onStrike) =>
            proxy.resetAtWord(word, { isHeard, passes, once: true, onStrike }),
          false,
          tally,
        );
        const there = isHeard ? passes + 1 : passes;
        const state = there === 0 ? "old" : there === parts ? "new" : "part";
        assert.deepEqual(seen, { w: state }, `${passes} passed`);
      }
      tell(`${scenario.name}, when the server ${when}`, tally);
      assert.equal(tally.asked, 0);
      assert.equal(tally.resumed, at.length);
    });
  }
}
