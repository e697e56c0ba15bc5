// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * What it saves to resume a run that failed late, against running it again.
 *
 * @module
 */
import { join } from "node:path";
import { csvData } from "../csv_data.ts";
import { DATA, osiris, step, writeManifest } from "../osiris.ts";

const RAGGED = "country,name\nCZ\n";
const MENDED = "country,name\nCZ,Czechia\nDE,Germany\n";

/** Lets two runs fail late, resumes them, runs them again, and prints the times. */
export async function resume(rows: number): Promise<void> {
  const folder = join(DATA, "resume");
  const source = await csvData(rows);
  const read = step("read", "filesystem.csv_extractor", { path: source });
  const late = step("late", "filesystem.csv_extractor", { path: "late.csv" });
  const write = (from: string): object =>
    step(
      `write_${from}`,
      "filesystem.csv_writer",
      { path: `${from}.csv` },
      from,
    );
  const rollup = (id: string, column: string): object =>
    step(id, "arquero.transform", {
      verbs: [
        { groupby: [column] },
        { rollup: { amount: "op.sum(d.amount)" } },
      ],
    }, "read");
  try {
    const done = await writeManifest(folder, "done", [
      read,
      write("read"),
      late,
      write("late"),
    ]);
    await compare(folder, done, "what came before is written");
    const kept = await writeManifest(folder, "kept", [
      read,
      rollup("by_status", "status"),
      late,
      write("late"),
      rollup("by_country", "country"),
      write("by_status"),
      write("by_country"),
    ]);
    await compare(folder, kept, "tables kept", "--checkpoint");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function compare(
  cwd: string,
  path: string,
  name: string,
  ...more: string[]
): Promise<void> {
  const times: Record<string, number[]> = {
    failed: [],
    resumed: [],
    again: [],
  };
  for (let round = 0; round < 3; round++) {
    await Deno.writeTextFile(join(cwd, "late.csv"), RAGGED);
    times.failed.push(await time(cwd, 1, osiris(path, ...more)));
    await Deno.writeTextFile(join(cwd, "late.csv"), MENDED);
    times.resumed.push(
      await time(cwd, 0, osiris(path, "--resume=last", ...more)),
    );
    times.again.push(await time(cwd, 0, osiris(path, ...more)));
  }
  const least = (of: string): number => Math.min(...times[of]);
  const saved = 1 - least("resumed") / least("again");
  console.log(
    `resume (${name}): failed after ${least("failed").toFixed(2)} s, resumed ` +
      `in ${least("resumed").toFixed(2)} s, all again ${
        least("again").toFixed(2)
      } s: ${(saved * 100).toFixed(0)} % saved (least of 3)`,
  );
}

/** Seconds of a command that must end with `code`. */
async function time(
  cwd: string,
  code: number,
  command: readonly string[],
): Promise<number> {
  const start = performance.now();
  const ended = await new Deno.Command(command[0], {
    args: command.slice(1),
    cwd,
    stdin: "null",
  }).output();
  if (ended.code !== code) {
    throw new Error(new TextDecoder().decode(ended.stderr));
  }
  return (performance.now() - start) / 1000;
}
