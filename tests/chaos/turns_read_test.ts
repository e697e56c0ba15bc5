// Connections that are read from, and are reset or half closed before each turn
// of their protocol: greeting, login, settings, question and answer, page after
// page. A turn is counted, not timed, so that none is missed.
import assert from "node:assert/strict";
import { NEW, OLD, type Reading, SOURCES } from "../kit/run/chaos_read.ts";
import { leftovers } from "../kit/run/child.ts";

/** More turns than any connection here has. */
const MANY = 80;

/**
 * Turns that a read has at least: one page is two, and so is a statement; and at
 * how many of them it fails. A request over a connection that was good for one
 * before goes over a new one, where its turn counts from the start.
 */
const LEAST: Record<keyof typeof SOURCES, { turns: number; failures: number }> =
  {
    MySQL: { turns: 11, failures: 10 },
    "MySQL in parts": { turns: 14, failures: 13 },
    "Supabase's API": { turns: 9, failures: 2 },
  };

/** Strikes after which a fault has passed: more than a driver's own attempts at connecting can stand. */
const PASSING = 3;

const FAULTS = {
  reset: "resetAtTurn",
  "half closed": "halfCloseAtTurn",
} as const;

/**
 * Sets a fault before each turn there is, in order; past the last one no fault strikes.
 *
 * @param strikes How often it strikes before it has passed.
 * @returns how many turns there are.
 */
async function everyTurn(
  { proxy, reset }: Reading,
  fault: typeof FAULTS[keyof typeof FAULTS],
  strikes: number,
  check: (what: string) => Promise<void>,
): Promise<number> {
  for (let turn = 0; turn < MANY; turn++) {
    reset();
    let struck = 0;
    const onStrike = (): void => {
      if (++struck === strikes) void proxy.heal();
    };
    proxy[fault](turn, { onStrike });
    await check(`turn ${turn}`);
    if (struck === 0) return turn;
    await proxy.heal();
  }
  assert.fail("no end of turns");
}

for (const [name, open] of Object.entries(SOURCES)) {
  const least = LEAST[name as keyof typeof SOURCES];
  for (const [word, fault] of Object.entries(FAULTS)) {
    Deno.test(`a read from ${name} leaves its target as it was, whichever turn is ${word}, and is done when it is run again`, async () => {
      await using one = await open();
      let failures = 0;
      const turns = await everyTurn(one, fault, Infinity, async (what) => {
        const { status, error } = await one.run();
        // The last word, by which the client takes its leave, is not answered.
        if (status === "success") return assert.equal(one.target(), NEW, what);
        failures++;
        assert.match(error!.code, /^connection\//, `${what}: ${error}`);
        assert.equal(error!.step, "a", what);
        assert.equal(one.target(), OLD, what);
        assert.deepEqual(leftovers(one.folder.path), [], what);
        await one.proxy.heal();
        const again = await one.run();
        assert.equal(again.status, "success", `${what}: ${again.error}`);
        assert.equal(one.target(), NEW, what);
      });
      assert.ok(turns >= least.turns, `${turns} turns`);
      assert.ok(failures >= least.failures, `${failures} failures`);
    });

    Deno.test(`a read from ${name} is tried again until all is there, whichever turn is ${word} for a while`, async () => {
      await using one = await open();
      const retry = { "max_attempts": PASSING + 1, "initial_delay": "1ms" };
      let retries = 0;
      const onEvent = ({ event }: { readonly event: string }): void => {
        if (event === "step_retry") retries++;
      };
      const turns = await everyTurn(one, fault, PASSING, async (what) => {
        const { status, error } = await one.run({ retry }, onEvent);
        assert.equal(status, "success", `${what}: ${error}`);
        assert.equal(one.target(), NEW, what);
        assert.deepEqual(leftovers(one.folder.path), [], what);
      });
      assert.ok(turns >= least.turns, `${turns} turns`);
      assert.ok(retries >= PASSING, `${retries} retries`);
    });
  }
}
