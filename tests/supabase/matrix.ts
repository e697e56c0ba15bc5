/** Sends every type there and back, and says what came of it. */
import arquero from "../../drivers/arquero/transform.ts";
import csvExtractor from "../../drivers/filesystem/csv_extractor.ts";
import csvWriter from "../../drivers/filesystem/csv_writer.ts";
import type { Driver } from "../../src/driver/driver.ts";
import type { Batch } from "../../src/table/batch.ts";
import { formatType } from "../../src/table/type.ts";
import { drive } from "../kit/drive.ts";
import type { Project } from "../kit/postgrest/project.ts";
import { directFields, extract, load, serviceConnection } from "./kit.ts";
import { TYPE_SAMPLES, type TypeSample } from "./type_samples.ts";

/** A way from a table to another. */
export type Path = typeof PATHS[number];
export const PATHS = [
  "api",
  "copy",
  "made",
  "csv_api",
  "csv_copy",
  "arquero",
] as const;

/** What became of one type. */
export interface MatrixRow {
  readonly sample: TypeSample;
  /** The logical type it was read as. */
  readonly readAs: string;
  /** Type of the column in the table that the writer made. */
  readonly madeType: string;
  /** Values that differ, by path; 0 is what is wanted. */
  readonly differing: Readonly<Record<Path, number>>;
}

/** The tables of the matrix as SQL. */
export function matrixTables(): string {
  const columns = TYPE_SAMPLES.map(({ type }, index) => `c${index} ${type}`);
  const height = Math.max(...TYPE_SAMPLES.map(({ values }) => values.length));
  const rows = Array.from({ length: height + 1 }, (_, row) => {
    const values = TYPE_SAMPLES.map(({ values }) => values[row] ?? "NULL");
    return `(${[row, ...values].join(", ")})`;
  });
  const copies = PATHS.filter((path) => path !== "made").map((path) =>
    `CREATE TABLE "${path}" (LIKE source INCLUDING ALL)`
  );
  return [
    "CREATE TYPE mood AS ENUM ('sad', 'so so, fine')",
    "CREATE DOMAIN positive AS integer CHECK (value > 0)",
    `CREATE TABLE source (id int PRIMARY KEY, ${columns.join(", ")})`,
    `INSERT INTO source VALUES ${rows.join(",\n")}`,
    ...copies,
  ].join(";\n");
}

/** Sends all samples over all paths. */
export async function runMatrix(at: Project): Promise<MatrixRow[]> {
  const { batches } = await extract(at, { table: "source" });
  const copy = (): Batch[] => batches.map((batch) => structuredClone(batch));
  const connection = { ...serviceConnection(at), ...directFields(at) };
  const into = (table: string, channel: string, rows: readonly Batch[]) =>
    load(
      at,
      {
        table,
        channel,
        create_if_missing: true,
        primary_key: "id",
      },
      rows,
      { connection },
    );
  await into("api", "rest", copy());
  await into("copy", "direct", copy());
  await into("made", "direct", copy());
  const transformed = await drive(arquero as Driver, {
    config: { verbs: [{ filter: "d.id >= 0" }] },
    inputs: { df: copy() },
  });
  await into("arquero", "direct", transformed.batches);
  const csv = await drive(csvWriter as Driver, {
    config: { path: "x.csv" },
    inputs: { df: copy() },
    targets: { target: null },
  });
  for (
    const [table, channel] of [["csv_api", "rest"], ["csv_copy", "direct"]]
  ) {
    const back = await drive(csvExtractor as Driver, {
      config: { path: "x.csv", infer: "none" },
      sources: { source: Object.values(csv.written)[0] },
    });
    await into(table, channel, back.batches);
  }
  const made = await at.sql(
    "SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute WHERE attrelid = 'made'::regclass",
  );
  const rows: MatrixRow[] = [];
  for (const [index, sample] of TYPE_SAMPLES.entries()) {
    const name = `c${index}`;
    rows.push({
      sample,
      readAs: formatType(batches[0].schema.fields[index + 1].type),
      madeType: made.find(({ attname }) => attname === name)!.type!,
      differing: await differences(at, name, sample.type),
    });
  }
  return rows;
}

async function differences(
  at: Project,
  column: string,
  type: string,
): Promise<Record<Path, number>> {
  const counts: Partial<Record<Path, number>> = {};
  for (const path of PATHS) {
    const [row] = await at.sql(
      `SELECT count(*) AS n FROM source a LEFT JOIN "${path}" b USING (id)
       WHERE b.id IS NULL OR a.${column}::text IS DISTINCT FROM b.${column}::${type}::text`,
    );
    counts[path] = Number(row.n);
  }
  return counts as Record<Path, number>;
}
