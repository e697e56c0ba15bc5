// Connections of writers that break at every phase, the commit among them: no
// row is lost or doubled, and what stays is what the error says.
import assert from "node:assert/strict";
import { isFull } from "../kit/run/chaos.ts";
import { assertTold, attempt, ROWS, WAYS } from "../kit/run/chaos_network.ts";

/** Bytes after which a connection breaks, from the first to behind the commit. */
const ALL_PHASES = {
  up: [0, 60, 150, 400, 800, 2000, 20_000, 30_000, 40_000, 60_000],
  down: [0, 40, 100, 200, 300, 400, 500, 700, 1000, 2000],
} as const;

/** All of them take minutes: a third, unless all points are asked for. */
const PHASES = isFull() ? ALL_PHASES : {
  up: ALL_PHASES.up.filter((_, index) => index % 3 === 1),
  down: ALL_PHASES.down.filter((_, index) => index % 3 === 2),
};

for (const [name, open] of Object.entries(WAYS)) {
  const isWhole = name !== "Supabase's API";
  for (const direction of ["up", "down"] as const) {
    Deno.test(`an append to ${name} through a connection that is reset once (${direction}) is done once`, async () => {
      await using one = await open();
      for (const bytes of PHASES[direction]) {
        one.proxy.resetAfter(bytes, { direction, once: true });
        const { result, rows } = await attempt(one);
        const what = `${bytes} bytes ${direction}: ${result.error?.message}`;
        if (isWhole) {
          assert.equal(result.status, "success", what);
          assert.equal(rows, ROWS, what);
        } else assertTold(result, rows, what);
      }
    });
  }

  Deno.test(`an append to ${name} through a connection that is always reset leaves what its error says`, async () => {
    await using one = await open();
    for (const bytes of PHASES.up) {
      one.proxy.resetAfter(bytes, { direction: "up" });
      const { result, rows } = await attempt(one);
      const what = `${bytes} bytes: ${result.error?.message}`;
      if (isWhole && result.status === "failed") assert.equal(rows, 0, what);
      else assertTold(result, rows, what);
    }
  });

  for (const fault of ["crawls", "falls silent"] as const) {
    Deno.test(`an append to ${name} is left in time when the server ${fault}`, async () => {
      await using one = await open();
      for (const bytes of fault === "crawls" ? [0] : [300, 20_000]) {
        if (fault === "crawls") one.proxy.throttle(500);
        else one.proxy.dropAfter(bytes, { direction: "up" });
        const started = performance.now();
        const { result, rows } = await attempt(one, {
          retry: { "max_attempts": 1 },
          deadlines: { connect: "1s", idle: "1s", step: "4s" },
        });
        const ms = performance.now() - started;
        const what = `${bytes} bytes: ${result.error?.message}`;
        assert.ok(ms < 15_000, `${what}: ${ms} ms`);
        // A request that is given up may be sent again over another connection.
        if (result.status === "success" && !isWhole) {
          assert.equal(rows, ROWS, what);
          continue;
        }
        assert.match(
          result.error!.code,
          /^(connection|http|step|data)\/(lost|timeout|unavailable|uncertain)$/,
          what,
        );
        if (isWhole) assert.equal(rows, 0, what);
      }
    });
  }
}
