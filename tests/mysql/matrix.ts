/** Sends every type there and back, and says what came of it. */
import arquero from "../../drivers/arquero/transform.ts";
import csvExtractor from "../../drivers/filesystem/csv_extractor.ts";
import csvWriter from "../../drivers/filesystem/csv_writer.ts";
import type { Driver } from "../../src/driver/driver.ts";
import type { Batch } from "../../src/table/batch.ts";
import { formatType } from "../../src/table/type.ts";
import { drive } from "../kit/drive.ts";
import type { MariadbDatabase } from "../kit/mariadb.ts";
import { read, write } from "./kit.ts";
import { TYPE_SAMPLES, type TypeSample } from "./type_samples.ts";

/** What became of one type. */
export interface MatrixRow {
  readonly sample: TypeSample;
  /** The logical type it was read as. */
  readonly readAs: string;
  /** The type of the column in the table that the writer made. */
  readonly madeType: string;
  readonly sourceType: string;
  /** Values that differ, by path; 0 is what is wanted. */
  readonly differing: Readonly<Record<Path, number>>;
}

/** A way from a table to another. */
export type Path = typeof PATHS[number];
export const PATHS = [
  "direct",
  "insert",
  "csv",
  "csv_text",
  "csv_insert",
  "arquero",
] as const;

/** Table, types inferred or not, and how the writer sends rows. */
const CSV_PATHS = [
  ["csv", "full", "load_data"],
  ["csv_text", "none", "load_data"],
  ["csv_insert", "none", "insert"],
] as const;

const name = (index: number): string => `c${index}`;

/** Sends all samples over all paths. */
export async function runMatrix(db: MariadbDatabase): Promise<MatrixRow[]> {
  await makeSource(db);
  const { batches } = await read(db.connection, { table: "source" });
  const copy = (): Batch[] => batches.map((batch) => structuredClone(batch));
  await write(db.connection, { table: "direct", "create_table": true }, copy());
  await db.sql("CREATE TABLE `insert` LIKE direct");
  await write(db.connection, { table: "insert", bulk: "insert" }, copy());
  await write(
    db.connection,
    { table: "arquero", "create_table": true },
    await throughArquero(copy()),
  );
  const csv = await toCsv(copy());
  for (const [table, infer, bulk] of CSV_PATHS) {
    const batches = await fromCsv(csv, infer);
    // Of the same types as the source, and without columns that are computed.
    await db.sql(`CREATE TABLE ${table} LIKE direct`);
    await write(db.connection, { table, bulk }, batches);
  }
  const types = await columnTypes(db, "source");
  const made = await columnTypes(db, "direct");
  const rows: MatrixRow[] = [];
  for (const [index, sample] of TYPE_SAMPLES.entries()) {
    const field = batches[0].schema.fields[index + 1];
    rows.push({
      sample,
      readAs: formatType(field.type),
      madeType: made[name(index)],
      sourceType: types[name(index)],
      differing: await differences(db, name(index)),
    });
  }
  return rows;
}

/** Rows as `arquero.transform` gives them on, none left out. */
export async function throughArquero(df: Batch[]): Promise<Batch[]> {
  const { batches } = await drive(arquero as Driver, {
    config: { verbs: [{ filter: "d.id >= 0" }] },
    inputs: { df },
  });
  return batches;
}

/** Rows as a CSV file. */
export async function toCsv(df: Batch[]): Promise<Uint8Array> {
  const { written } = await drive(csvWriter as Driver, {
    config: { path: "x.csv" },
    inputs: { df },
    targets: { target: null },
  });
  return Object.values(written)[0];
}

/** Rows of a CSV file. */
export async function fromCsv(
  source: Uint8Array,
  infer: "full" | "none",
): Promise<Batch[]> {
  const { batches } = await drive(csvExtractor as Driver, {
    config: { path: "x.csv", infer },
    sources: { source },
  });
  return batches;
}

async function makeSource(db: MariadbDatabase): Promise<void> {
  const columns = TYPE_SAMPLES.map(({ type, values }, index) =>
    `${name(index)} ${type}${values.length > 0 ? " NULL" : ""}`
  );
  const height = Math.max(...TYPE_SAMPLES.map(({ values }) => values.length));
  const rows = Array.from({ length: height + 1 }, (_, row) => {
    const values = TYPE_SAMPLES.map(({ values }) =>
      values[row] ?? (values.length > 0 ? "NULL" : "DEFAULT")
    );
    return `(${[row, ...values].join(", ")})`;
  });
  await db.sql(
    "SET time_zone = '+00:00'; SET sql_mode = 'STRICT_ALL_TABLES';" +
      `CREATE TABLE source (id INT PRIMARY KEY, ${columns.join(", ")});` +
      `INSERT INTO source VALUES ${rows.join(",\n")}`,
  );
}

async function columnTypes(
  db: MariadbDatabase,
  table: string,
): Promise<Record<string, string>> {
  const rows = await db.sql(
    "SELECT column_name n, concat_ws(' ', column_type, character_set_name, collation_name, is_nullable) t " +
      `FROM information_schema.columns WHERE table_schema = database() AND table_name = '${table}'`,
  );
  return Object.fromEntries(rows.map(({ n, t }) => [n, t as string]));
}

async function differences(
  db: MariadbDatabase,
  column: string,
): Promise<Record<Path, number>> {
  const counts: Partial<Record<Path, number>> = {};
  for (const path of PATHS) {
    // As bytes, since text compares without case; and as values, since FLOAT shows six digits.
    const [row] = await db.sql(
      `SELECT COUNT(*) n FROM source a LEFT JOIN \`${path}\` b USING (id) WHERE b.id IS NULL ` +
        `OR NOT (BINARY a.${column} <=> BINARY b.${column}) OR NOT (a.${column} <=> b.${column})`,
    );
    counts[path] = Number(row.n);
  }
  return counts as Record<Path, number>;
}
