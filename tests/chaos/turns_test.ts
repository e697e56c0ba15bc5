// Connections that are reset, or fall silent, before each turn of their protocol:
// greeting, login, question, answer, the request for a file and the file, the
// commit and its answer. A turn is counted, not timed, so that none is missed.
import assert from "node:assert/strict";
import { isFull } from "../kit/run/chaos.ts";
import {
  assertTold,
  attempt,
  ROWS,
  type Server,
  WAYS,
} from "../kit/run/chaos_network.ts";

/** More turns than any connection here has. */
const MANY = 80;

/** All of them take a minute: a fourth, unless all are asked for. */
const STEP = isFull() ? 1 : 4;

/** Sets a fault before each turn there is, in order, and says how many there are. */
async function everyTurn(
  one: Server,
  fault: (turn: number) => void,
  check: (what: string) => Promise<void>,
): Promise<number> {
  for (let turn = 0; turn < MANY; turn += STEP) {
    const { strikes } = one.proxy;
    fault(turn);
    await check(`turn ${turn}`);
    if (one.proxy.strikes === strikes) return turn;
  }
  assert.fail("no end of turns");
}

for (const name of ["MySQL", "Supabase's API"] as const) {
  const open = WAYS[name];
  const isWhole = name !== "Supabase's API";

  Deno.test(`an append to ${name} is done once, whichever turn is lost`, async () => {
    await using one = await open();
    const turns = await everyTurn(
      one,
      (turn) => one.proxy.resetAtTurn(turn, { once: true }),
      async (what) => {
        const { result, rows } = await attempt(one);
        if (!isWhole) return assertTold(result, rows, what);
        assert.equal(result.status, "success", `${what}: ${result.error}`);
        assert.equal(rows, ROWS, what);
      },
    );
    assert.ok(turns >= (isWhole ? 8 : 4), `${turns} turns`);
  });

  Deno.test(`an append to ${name} tells what it leaves, whichever turn is always lost`, async () => {
    await using one = await open();
    await everyTurn(
      one,
      (turn) => one.proxy.resetAtTurn(turn),
      async (what) => {
        const { result, rows } = await attempt(one, {
          retry: { "max_attempts": 1 },
        });
        const isKnown = result.error?.details?.committed !== null;
        if (result.status === "success") assert.equal(rows, ROWS, what);
        else if (!isWhole) assertTold(result, rows, what);
        else if (isKnown) assert.equal(rows, 0, `${what}: ${result.error}`);
        else assert.ok([0, ROWS].includes(rows), what);
      },
    );
  });

  Deno.test(`an append to ${name} ends, whichever turn the server falls silent at`, async () => {
    await using one = await open();
    await everyTurn(
      one,
      (turn) => one.proxy.dropAtTurn(turn),
      async (what) => {
        const { result, rows } = await attempt(one, {
          retry: { "max_attempts": 1 },
          deadlines: { connect: "500ms", idle: "500ms", step: "5s" },
        });
        if (result.status === "success") return assert.equal(rows, ROWS, what);
        assert.match(
          result.error!.code,
          /^(connection|http|step|data)\/(lost|timeout|unavailable|uncertain)$/,
          `${what}: ${result.error}`,
        );
      },
    );
  });
}
