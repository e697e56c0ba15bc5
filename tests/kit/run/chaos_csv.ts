/**
 * Runs between files for the tests that kill them.
 *
 * @module
 */
import type { Scenario } from "./chaos.ts";

const ROWS = 60_000;

function csv(from: number, to: number): string {
  const lines = ["n,text"];
  for (let n = from; n < to; n++) lines.push(`${n},"row ${n}, or so"`);
  return lines.join("\n") + "\n";
}

const OLD = "n,text\n1,old\n";

const steps = [
  {
    id: "a",
    driver: "filesystem.csv_extractor",
    config: { path: "in.csv" },
  },
  ...["one", "two"].map((id) => ({
    id,
    driver: "filesystem.csv_writer",
    inputs: { df: "${a}" },
    config: { path: `${id}.csv` },
  })),
];

/** A run from a file to two. @param more Settings of the manifest. */
export function toCsv(more: object): Scenario {
  return {
    name: `CSV to CSV ${JSON.stringify(more)}`,
    async prepare(folder) {
      await folder.write("in.csv", csv(0, ROWS));
      await folder.write("one.csv", OLD);
      await folder.write("two.csv", OLD);
      await folder.write(
        "m.json",
        JSON.stringify({ name: "m", ...more, steps }),
      );
      const read = (id: string): string =>
        Deno.readTextFileSync(folder.file(`${id}.csv`));
      const wanted = Deno.readTextFileSync(folder.file("in.csv"))
        .replaceAll('"', "");
      return {
        isRepeatable: true,
        settle: () => Promise.resolve(),
        look() {
          const states = ["one", "two"].map((id) => {
            const text = read(id);
            if (text === OLD) return [id, "old"] as const;
            const isNew = text.replaceAll('"', "") === wanted;
            return [id, isNew ? "new" : "neither"] as const;
          });
          return Promise.resolve(Object.fromEntries(states));
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
  };
}
