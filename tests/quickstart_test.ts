// The quickstart's answer against one computed independently.
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../mod.ts";
import { parseCsv } from "../src/deps/csv.ts";
import { tempDir } from "./kit/temp.ts";

const ROOT = join(import.meta.dirname!, "..");
const DATA = join(ROOT, "examples", "quickstart", "data");

/** Flights, routes and airports by state, most flights first, by plain loops. */
async function expected(): Promise<string[][]> {
  const read = async (name: string) =>
    parseCsv(await Deno.readTextFile(join(DATA, name)), {
      skipFirstRow: true,
    }) as Record<string, string>[];
  const states = new Map(
    (await read("airports.csv")).map(({ iata, state }) => [iata, state]),
  );
  const sums = new Map<
    string,
    { flights: number; routes: number; from: Set<string> }
  >();
  for (const { origin, count } of await read("routes.csv")) {
    const state = states.get(origin) ?? "";
    const sum = sums.get(state) ?? { flights: 0, routes: 0, from: new Set() };
    sum.flights += Number(count);
    sum.routes++;
    sum.from.add(origin);
    sums.set(state, sum);
  }
  return [...sums].sort((a, b) =>
    b[1].flights - a[1].flights || (a[0] < b[0] ? -1 : 1)
  )
    .map(([state, { flights, routes, from }]) =>
      [state, flights, routes, from.size].map(String)
    );
}

Deno.test("the quickstart gives the answer that plain loops give", async () => {
  await using dir = await tempDir("quickstart-");
  const text = await Deno.readTextFile(
    join(ROOT, "examples", "quickstart", "manifest.yaml"),
  );
  await dir.write(
    "manifest.yaml",
    text.replaceAll("examples/quickstart/data", DATA),
  );
  const result = await run("manifest.yaml", { cwd: dir.path });
  assert.equal(result.error, undefined);
  assert.equal(result.status, "success");
  const written = parseCsv(
    await Deno.readTextFile(dir.file("out/flights_by_state.csv")),
  ) as string[][];
  assert.deepEqual(written[0], ["state", "flights", "routes", "airports"]);
  assert.deepEqual(written.slice(1), await expected());
  assert.equal(result.totalRows, written.length - 1);
});
