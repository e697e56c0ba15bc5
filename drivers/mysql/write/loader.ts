/**
 * What LOAD DATA and INSERT share: where rows go, and the check that all of
 * them arrived as they are.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { serverError } from "../errors.ts";
import type { Result, Session } from "../session.ts";
import type { FieldWriter } from "./field_writer.ts";
import type { RowSource } from "./row_source.ts";

/** Rows on their way into a table. */
export interface Load {
  readonly session: Session;
  /** Quoted name. */
  readonly into: string;
  /** The table's name for messages. */
  readonly table: string;
  readonly fields: readonly FieldWriter[];
  readonly source: RowSource;
  /** The server's max_allowed_packet, in bytes. */
  readonly maxPacket: number;
  /** Called with the rows sent so far. */
  progress(rows: number): void;
}

/** What a load did. */
export interface Loaded {
  readonly rows: number;
  readonly bytes: number;
}

/** Loads rows until the source or `maxRows` ends. */
export type Loader = (load: Load, maxRows: number) => Promise<Loaded>;

/** Takes a batch into the fields. @param firstRow Rows of the input before the batch. */
export function bindBatch(
  fields: readonly FieldWriter[],
  batch: { readonly columns: readonly unknown[] },
  firstRow: number,
): void {
  for (const field of fields) {
    field.bind(batch.columns[field.plan.index] as never, firstRow);
  }
}

/** Warnings that are looked at. */
const MAX_WARNINGS = 1000;

/**
 * Checks that the server took `sent` rows and changed none.
 *
 * LOAD DATA LOCAL never fails on a row, as if IGNORE stood in it: it warns,
 * puts something else in its place or leaves the row out.
 *
 * @param firstRow Rows of the input before those of the statement.
 * @throws {OsirisError} for the first warning, `data/count-mismatch`
 */
export async function checkResult(
  load: Load,
  result: Result,
  sent: number,
  firstRow: number,
): Promise<void> {
  const counted = /Warnings: (\d+)/.exec(result.info)?.[1];
  const warnings = Math.max(result.warnings, Number(counted ?? 0));
  if (warnings > 0) await refuseWarnings(load, warnings, firstRow);
  if (result.affectedRows === sent) return;
  throw new OsirisError(
    "data/count-mismatch",
    `Cannot write: table "${load.table}": ${sent} rows were sent and ${result.affectedRows} counted`,
    { hint: "Look for triggers and partitions that keep rows out" },
  );
}

async function refuseWarnings(
  { session, table, fields }: Load,
  count: number,
  firstRow: number,
): Promise<void> {
  const { rows } = await session.run(
    `SHOW WARNINGS LIMIT ${MAX_WARNINGS}`,
    "look at warnings",
  );
  const errors = rows.map(([level, number, text]) => {
    const row = /at row (\d+)/.exec(text ?? "")?.[1];
    const shifted = (text ?? "").replace(
      /at row \d+/,
      `at row ${Number(row ?? 0) + firstRow}`,
    );
    return {
      isNote: level === "Note",
      error: serverError(Number(number), shifted, {
        action: "write",
        where: `table "${table}"`,
      }),
    };
  });
  const isBorne = ({ error }: { error: OsirisError }): boolean =>
    BEARABLE.has(error.code) &&
    fields.some(({ plan }) =>
      plan.isLossy && plan.column.name === error.details?.column
    );
  const unborne = errors.filter((warning) => !isBorne(warning));
  // A warning that was not kept by the server can't be borne unseen.
  if (unborne.length === 0 && count <= rows.length) return;
  const worst = unborne.find(({ isNote }) => !isNote) ?? unborne[0] ??
    errors[0];
  if (worst !== undefined) throw worst.error;
  throw new OsirisError(
    "data/lossy",
    `Cannot write: table "${table}": the server changed ${count} values`,
    { hint: "Widen the columns' types" },
  );
}

/** What `allow_lossy` covers: values that were cut or rounded, not rows that are gone. */
const BEARABLE: ReadonlySet<string> = new Set([
  "data/lossy",
  "data/type",
  "sql/data-too-long",
  "sql/out-of-range",
]);
