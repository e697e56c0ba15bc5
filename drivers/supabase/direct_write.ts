/**
 * Loads rows over the direct channel: by COPY, in one transaction, counted
 * before the commit.
 *
 * @module
 */
import type { StepReport } from "../../src/driver/driver.ts";
import { CopyCell } from "./copy_cell.ts";
import { createStatements } from "./ddl.ts";
import { quoteName, quoteTable } from "./direct.ts";
import { COPY_FRAME, RowEncoder } from "./row_encoder.ts";
import { checkCount, type DirectWrite } from "./direct_job.ts";
import { mergeStage } from "./stage.ts";
import { inTransaction } from "./transaction.ts";

/** Rows and bytes of one piece of a COPY. */
const PIECE_ROWS = 8192;
const PIECE_BYTES = 512 << 10;

/** Writes all rows, or none. */
export async function writeDirect(write: DirectWrite): Promise<StepReport> {
  const { session, login, plan, isNew, context } = write;
  const { schema, table } = plan.target;
  let bytesWritten = 0;
  const isOnce = plan.mode === "append";
  const place = { session, login, context, isOnce };
  const rowsWritten = await inTransaction(place, async () => {
    if (isNew) {
      for (const sql of createStatements({ ...plan, schema, table })) {
        await session.query(sql);
      }
    }
    const load = async (into: string): Promise<number> => {
      const columns = plan.columns.map(({ target }) => quoteName(target.name));
      const pieces = copyPieces(write, (bytes) => bytesWritten += bytes);
      return await session.copy(
        `COPY ${into} (${columns.join(", ")}) FROM STDIN`,
        pieces,
        `write to table "${table}"`,
      );
    };
    if (plan.mode !== "append") return await mergeStage(write, load);
    return await appendAll(write, load);
  });
  context.emit("write_complete", {
    table,
    rows: rowsWritten,
    channel: "direct",
    mode: plan.mode,
  });
  return { rowsWritten, bytesWritten };
}

async function appendAll(
  { plan, context }: DirectWrite,
  load: (into: string) => Promise<number>,
): Promise<number> {
  const { schema, table } = plan.target;
  const written = await load(quoteTable(schema, table));
  checkCount(table, plan.sent.rows, written);
  context.progress(written);
  return written;
}

async function* copyPieces(
  { plan, feed, context }: DirectWrite,
  count: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const cells = plan.columns.map(({ field, mapping, target }) =>
    new CopyCell(
      field,
      mapping,
      plan.lossy.has(field.name),
      target.type,
    )
  );
  const encoder = new RowEncoder(
    cells,
    plan.columns.map(({ index }) => index),
    COPY_FRAME,
    plan.target.table,
  );
  while (true) {
    const portion = await feed.take(PIECE_ROWS);
    if (portion === undefined) break;
    const { bytes, rows } = encoder.encode(portion, PIECE_BYTES);
    if (rows < portion.rows) feed.giveBack(portion, rows);
    plan.sent.rows += rows;
    count(bytes.length);
    yield bytes;
    context.progress(plan.sent.rows);
  }
  const rounded = cells.reduce((sum, cell) => sum + cell.rounded, 0);
  if (rounded > 0) context.measure("lossy_values", rounded, "values");
}
