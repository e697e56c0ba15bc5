// kill -9 of runs exactly before and after a file is renamed into its place:
// those that they write, and with all points asked for also those in which they
// note how far they are.
import assert from "node:assert/strict";
import {
  afterKill,
  isFull,
  newTally,
  type Scenario,
  type Tally,
  tell,
} from "../kit/run/chaos.ts";
import { toCsv } from "../kit/run/chaos_csv.ts";
import { startCliWith } from "../kit/run/child.ts";
import { tempDir } from "../kit/temp.ts";

/** More renames than any run here does. */
const MANY = 60;

/** Which are counted. */
const PLACES = isFull() ? "." : "\\.csv$";

type Side = "before" | "after";

/** Runs before the command: it kills itself by the signal that nothing withstands. */
function deadly(nth: number, side: Side): string {
  return `
const { rename, renameSync } = Deno;
let count = 0;
const die = () => {
  Deno.kill(Deno.pid, "SIGKILL");
  for (;;);
};
const isDue = (to) => new RegExp(${JSON.stringify(PLACES)}).test(String(to)) &&
  count++ === ${nth};
Deno.rename = async (from, to) => {
  const due = isDue(to);
  if (due && ${side === "before"}) die();
  await rename(from, to);
  if (due) die();
};
Deno.renameSync = (from, to) => {
  const due = isDue(to);
  if (due && ${side === "before"}) die();
  renameSync(from, to);
  if (due) die();
};`;
}

/** @returns what the targets held; null when there are not so many renames. */
async function killAtRename(
  scenario: Scenario,
  nth: number,
  side: Side,
  tally: Tally,
): Promise<Record<string, string> | null> {
  await using folder = await tempDir("chaos-");
  await using target = await scenario.prepare(folder);
  const preload = await folder.write("deadly.js", deadly(nth, side));
  const child = startCliWith(
    [`--preload=${preload}`],
    folder.path,
    "run",
    "m.json",
    "--quiet",
  );
  const random = (): number => nth % 4 === 0 ? 0 : 1;
  return await afterKill({ scenario, folder, target, random, tally }, child);
}

for (const more of [{ "memory_budget": 0 }, { checkpoint: true }]) {
  const scenario = toCsv(more);
  Deno.test(`a run that is killed at a rename leaves files whole, and the next one makes them right: ${JSON.stringify(more)}`, async () => {
    const tally = newTally();
    const seen = new Set<string>();
    let nth = 0;
    for (let isOver = false; !isOver && nth < MANY; nth++) {
      for (const side of ["before", "after"] as const) {
        const states = await killAtRename(scenario, nth, side, tally);
        isOver = states === null;
        if (states === null) break;
        seen.add(Object.values(states).join());
      }
    }
    tell(`${scenario.name}, at renames`, tally);
    assert.ok(nth > 2 && nth < MANY, `${nth} renames`);
    const wanted = ["old,old", "new,new"];
    assert.ok(wanted.every((state) => seen.has(state)), [...seen].join(" "));
  });
}
