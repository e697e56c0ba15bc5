// kill -9 exactly at the packet that makes a writer's changes final: before the
// server has it, and after the server has done it but before its answer is
// heard. All turns of the connection when all points are asked for.
import assert from "node:assert/strict";
import {
  isFull,
  newTally,
  type Scenario,
  type State,
  tell,
} from "../kit/run/chaos.ts";
import { toMysql } from "../kit/run/chaos_mysql.ts";
import { toSupabase } from "../kit/run/chaos_supabase.ts";
import { killByProxy } from "../kit/run/chaos_turn.ts";

/** Makes changes final, as the client says it; ON COMMIT DROP does not. */
const FINAL = /(?<!ON )\b(COMMIT|RENAME TABLE)\b/;

/** More turns than any connection here has. */
const MANY = 120;

const SCENARIOS: readonly Scenario[] = [
  toMysql("append"),
  toMysql("replace"),
  toMysql("upsert"),
  toSupabase({ channel: "direct", mode: "append" }),
  toSupabase({ channel: "direct", mode: "upsert" }),
];

for (const scenario of SCENARIOS) {
  for (const isHeard of [false, true]) {
    const when = isHeard ? "has done it, unheard" : "hears it";
    Deno.test(`a run that is killed as it commits, when the server ${when}, is made right: ${scenario.name}`, async () => {
      const tally = newTally();
      for (const again of [false, true]) {
        const seen = await killByProxy(
          scenario,
          (proxy, onStrike) =>
            proxy.resetAtWord(FINAL, { isHeard, once: true, onStrike }),
          again,
          tally,
        );
        assert.deepEqual(seen, { w: isHeard ? "new" : "old" });
      }
      tell(`${scenario.name}, when the server ${when}`, tally);
      assert.equal(tally.asked, 0);
    });
  }

  Deno.test({
    name: `a run that is killed at any turn is made right: ${scenario.name}`,
    ignore: !isFull(),
    async fn() {
      const tally = newTally();
      let seen: Record<string, State> | null;
      for (let turn = 0; turn < MANY; turn++) {
        seen = await killByProxy(
          scenario,
          (proxy, onStrike) =>
            proxy.resetAtTurn(turn, { once: true, onStrike }),
          turn % 4 === 0,
          tally,
        );
        if (seen === null) break;
      }
      tell(`${scenario.name}, at every turn`, tally);
      assert.ok(tally.killed > 10 && tally.killed < MANY);
      assert.equal(tally.asked, 0);
    },
  });
}
