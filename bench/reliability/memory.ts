// deno-lint-ignore-file no-console -- what it measures goes to the terminal
/**
 * Highest resident memory of a run whose table is larger than its budget: a
 * CSV file that two writers read, so that it is cached and spilled.
 *
 * @module
 */
import { join } from "node:path";
import { csvData } from "../csv_data.ts";
import { runOnce } from "../measure.ts";
import { DATA, osiris, step, writeManifest } from "../osiris.ts";

/** Runs with each budget in turn and prints what the kernel saw. @param gigabytes Size of the file. */
export async function memory(
  budgets: readonly string[],
  gigabytes: number,
): Promise<void> {
  const folder = join(DATA, "memory");
  await Deno.mkdir(folder, { recursive: true });
  try {
    const source = join(folder, "source.csv");
    const bytes = await makeCsv(source, gigabytes * 1e9);
    const path = await writeManifest(folder, "memory", [
      step("read", "filesystem.csv_extractor", { path: "source.csv" }),
      step("one", "filesystem.csv_writer", { path: "one.csv" }, "read"),
      step("two", "filesystem.csv_writer", { path: "two.csv" }, "read"),
    ]);
    for (const budget of budgets) {
      const { seconds, peakRssBytes } = await runOnce({
        name: `budget ${budget}`,
        command: osiris(path, "--memory-budget", budget),
        cwd: folder,
      });
      console.log(
        `memory: budget ${budget.padEnd(7)} ${(bytes / 1e9).toFixed(2)} GB ` +
          `of CSV, 2 consumers: VmHWM ${(peakRssBytes / 1e6).toFixed(0)} MB, ${
            seconds.toFixed(1)
          } s`,
      );
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A million rows over and over. @returns bytes. */
async function makeCsv(path: string, atLeast: number): Promise<number> {
  const text = await Deno.readFile(await csvData(1_000_000));
  const header = text.indexOf(10) + 1;
  using file = await Deno.open(path, { create: true, write: true });
  const writer = file.writable.getWriter();
  let bytes = text.length;
  await writer.write(text);
  for (; bytes < atLeast; bytes += text.length - header) {
    await writer.write(text.subarray(header));
  }
  await writer.close();
  return bytes;
}
