// Steps that hold tables whole share one budget: nobody waits for ever, and who fits has room.
import assert from "node:assert/strict";
import { MemoryShare, type Need } from "../../src/run/memory_share.ts";
import { fc } from "../deps/fast_check.ts";

interface Traces {
  readonly share: MemoryShare;
  readonly waits: string[];
  readonly near: [string, number][];
  readonly rooms: number[];
}

function shareOf(budget: number): Traces {
  const waits: string[] = [];
  const near: [string, number][] = [];
  const rooms: number[] = [];
  const share = new MemoryShare({
    budget,
    makeRoom: (bytes) => Promise.resolve(void rooms.push(bytes)),
    onFree() {},
    onWait: (step) => waits.push(step),
    onNear: (step, bytes) => near.push([step, bytes]),
  });
  return { share, waits, near, rooms };
}

const never = new AbortController().signal;

function hold(
  { share }: Traces,
  step: string,
  need: Need,
  { unit = step, signal = never } = {},
): Promise<void> {
  return share.hold({ step, unit, need, granted() {} }, signal);
}

/** Whether a promise has come to its end by now. */
async function isOver(work: Promise<void>): Promise<boolean> {
  const turn = new Promise<"turn">((tell) => setTimeout(tell, 0, "turn"));
  return await Promise.race([work, turn]) !== "turn";
}

Deno.test("MemoryShare lets steps hold what fits together, and others wait in order", async () => {
  const one = shareOf(100);
  await hold(one, "a", 60);
  await hold(one, "b", 40);
  const [c, d] = [hold(one, "c", 50), hold(one, "d", 1)];
  assert.deepEqual(one.waits, ["c", "d"]);
  one.share.release(["b"]);
  assert.equal(await isOver(c), false);
  assert.equal(await isOver(d), false); // not before who came first
  assert.deepEqual(one.share.release(["a"]), new Map([["a", 60]]));
  await Promise.all([c, d]);
  assert.equal(one.share.held, 51);
});

Deno.test("MemoryShare lets one that is larger than the budget go on alone, and tells", async () => {
  const one = shareOf(100);
  await hold(one, "a", 10);
  const large = hold(one, "b", 300);
  assert.equal(await isOver(large), false);
  one.share.release(["a"]);
  await large;
  assert.deepEqual(one.near, [["b", 300]]);
  assert.deepEqual(one.rooms, [10, 300]);
});

Deno.test("MemoryShare lets a step of unknown need hold alone, and counts it as it grows", async () => {
  const one = shareOf(100);
  await hold(one, "a", null);
  const other = hold(one, "b", 1);
  for (const bytes of [10, 85, 90, 101, 200]) await one.share.grow("a", bytes);
  assert.equal(await isOver(other), false);
  assert.deepEqual(one.near, [["a", 85], ["a", 101]]);
  assert.deepEqual(one.rooms, [0, 10, 85, 90, 101, 200]);
  one.share.release(["a"]);
  await other;
});

Deno.test("MemoryShare lets a step of a unit that holds something hold more at once", async () => {
  const one = shareOf(100);
  await hold(one, "a", 90);
  const waits = hold(one, "c", 50);
  await hold(one, "b", null, { unit: "a" });
  one.share.release(["a", "b"]);
  await waits;
});

Deno.test("MemoryShare forgets who is stopped while it waits, and lets the next one in", async () => {
  const one = shareOf(100);
  const stop = new AbortController();
  await hold(one, "a", 60);
  const large = hold(one, "b", 90, { signal: stop.signal });
  const small = hold(one, "c", 30);
  assert.equal(await isOver(small), false);
  stop.abort(new Error("stopped"));
  await assert.rejects(large, /stopped/);
  await small;
  assert.equal(one.share.held, 90);
  await assert.rejects(
    hold(one, "d", 0, { signal: stop.signal }),
    /stopped/,
  );
});

/** A step's claim, and what it comes to hold where it doesn't know. */
const claim = fc.record({ need: fc.option(fc.nat(150)), grows: fc.nat(150) });

for (const most of [1, 3]) {
  Deno.test(`MemoryShare comes to an end with up to ${most} holders in a unit, none beside others over the budget`, async () => {
    const units = fc.array(
      fc.array(claim, { minLength: 1, maxLength: most }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(units, async (all) => {
        const one = shareOf(100);
        const holding = new Set<string>();
        await Promise.all(all.map(async (claims, i) => {
          const unit = String(i);
          for (const [k, { need, grows }] of claims.entries()) {
            const step = `${unit}.${k}`;
            await hold(one, step, need, { unit });
            holding.add(unit);
            if (need === null) await one.share.grow(step, grows);
            const { held } = one.share;
            const isCrowd = holding.size > 1 && most === 1;
            assert.ok(!isCrowd || held <= 100, `${held} held by many`);
            await new Promise((turn) => setTimeout(turn, 0));
          }
          holding.delete(unit);
          one.share.release(claims.map((_, k) => `${unit}.${k}`));
        }));
        assert.equal(one.share.held, 0);
      }),
      { numRuns: 50 },
    );
  });
}
