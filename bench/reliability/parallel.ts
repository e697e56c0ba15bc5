// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * Four branches one after another against four at once: work for the
 * processor, and waiting for a server.
 *
 * @module
 */
import { csvData } from "../csv_data.ts";
import { median, race } from "../measure.ts";
import { osiris, step, writeManifest } from "../osiris.ts";

const BRANCHES = ["a", "b", "c", "d"];

/** Races four branches. @param folder Where `osiris_connections.yaml` names `@mysql.bench`. */
export async function parallel(folder: string, rows: number): Promise<void> {
  const source = await csvData(rows);
  const write = (branch: string): object =>
    step(`write_${branch}`, "filesystem.csv_writer", {
      path: `${branch}.csv`,
    }, branch);
  const busy = BRANCHES.flatMap((branch) => [
    step(`read_${branch}`, "filesystem.csv_extractor", { path: source }),
    step(branch, "arquero.transform", {
      verbs: [
        { derive: { score: "op.sqrt(d.amount) * op.log(d.id + 1)" } },
        { groupby: ["name"] },
        { rollup: { score: "op.sum(d.score)", most: "op.max(d.amount)" } },
        { orderby: ["name"] },
      ],
    }, `read_${branch}`),
    write(branch),
  ]);
  const waiting = BRANCHES.flatMap((branch) => [
    step(branch, "mysql.extractor", {
      connection: "@mysql.bench",
      query: `SELECT SLEEP(1) AS slept, '${branch}' AS branch`,
    }),
    write(branch),
  ]);
  await speedUp(folder, "busy branches", busy);
  await speedUp(folder, "waiting branches", waiting);
}

async function speedUp(
  folder: string,
  name: string,
  steps: readonly object[],
): Promise<void> {
  const path = await writeManifest(folder, name.replace(" ", "_"), steps);
  const [one, four] = await race([
    { name: "one by one", command: osiris(path), cwd: folder },
    {
      name: "four at once",
      command: osiris(path, "--parallel=4"),
      cwd: folder,
    },
  ], 3);
  const [slow, fast] = [one, four].map(({ seconds }) => median(seconds));
  console.log(
    `parallel: ${name}: ${slow.toFixed(2)} s one by one, ${fast.toFixed(2)} ` +
      `s with --parallel 4: ${(slow / fast).toFixed(2)} × (medians of 3); ` +
      `VmHWM ${megabytes(one.peakRssBytes, four.peakRssBytes)} MB`,
  );
}

function megabytes(...bytes: number[]): string {
  return bytes.map((one) => (one / 1e6).toFixed(0)).join(" and ");
}
