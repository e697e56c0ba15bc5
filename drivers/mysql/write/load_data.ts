/**
 * Loads rows by LOAD DATA LOCAL INFILE, whose "file" is made while it is sent.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import { toOsirisError } from "../../../src/error.ts";
import type { Batch } from "../../../src/table/batch.ts";
import { quoteName } from "../quote.ts";
import type { OkPacket } from "../raw.ts";
import { okResult, type Session } from "../session.ts";
import {
  ESCAPE,
  FIELD_END,
  type FieldWriter,
  LINE_END,
} from "./field_writer.ts";
import { HEADER, InfileSender } from "./infile_sender.ts";
import { bindBatch, checkResult, type Load, type Loaded } from "./loader.ts";

/** Rows of one chunk: few enough for all their columns to stay in the processor's cache. */
const BLOCK_ROWS = 1024;

/** Loads rows; see `Loader`. */
export async function loadData(load: Load, maxRows: number): Promise<Loaded> {
  const { session, table, source } = load;
  const firstRow = source.rows;
  const sender = new InfileSender(session.raw, load.maxPacket);
  let pump: Promise<void> | null = null;
  let isOver = false;
  const result = session.command<OkPacket>(
    { action: "write", where: `table "${table}"` },
    (resolve, reject) => {
      session.raw.query({
        sql: statementSql(load),
        infileStreamFactory: () => {
          // The request for the file has come, so that the server takes rows.
          pump = send(load, sender, maxRows, () => isOver);
          // It is awaited once the server has answered.
          pump.catch(() => {});
          return sender;
        },
      }, (error, ok) => error ? reject(error) : resolve(ok as OkPacket));
    },
  );
  let ok: OkPacket;
  try {
    ok = await result;
  } finally {
    isOver = true;
    sender.wake();
    // Whatever is wrong with the input is worth more than what follows from it.
    await (pump as Promise<void> | null);
  }
  const sent = source.rows - firstRow;
  await checkResult(load, okResult(ok), sent, firstRow);
  return { rows: sent, bytes: sender.bytes };
}

/**
 * The statement. With bytes among the columns the "file" is one of bytes, since
 * the server would otherwise look for characters in them; text is then said to
 * be text where the column doesn't hold UTF-8 itself.
 */
function statementSql({ session, into, fields }: Load): string {
  const hasBytes = fields.some(({ plan }) => plan.type.kind === "binary");
  const columns: string[] = [];
  const assignments: string[] = [];
  fields.forEach((field, index) => {
    const name = quoteName(field.plan.column.name);
    const expression = expressionFor(
      field,
      `@osiris_${index}`,
      hasBytes,
      session,
    );
    columns.push(expression === null ? name : `@osiris_${index}`);
    if (expression !== null) assignments.push(`${name} = ${expression}`);
  });
  const hex = (byte: number): string =>
    `x'${byte.toString(16).padStart(2, "0")}'`;
  return `LOAD DATA LOCAL INFILE 'osiris' INTO TABLE ${into} ` +
    `CHARACTER SET ${hasBytes ? "binary" : "utf8mb4"} ` +
    `FIELDS TERMINATED BY ${hex(FIELD_END)} ESCAPED BY ${hex(ESCAPE)} ` +
    `LINES TERMINATED BY ${hex(LINE_END)} (${columns.join(", ")})` +
    (assignments.length === 0 ? "" : ` SET ${assignments.join(", ")}`);
}

/** What to make of a field before it is stored, or null where it goes in as it is. */
function expressionFor(
  { plan }: FieldWriter,
  variable: string,
  hasBytes: boolean,
  session: Session,
): string | null {
  const { base, charset } = plan.column;
  // Digits would be taken for the bits of their characters, and the text 0 for the year 2000.
  if (base === "bit" || base === "year") return `CAST(${variable} AS UNSIGNED)`;
  if (!hasBytes || plan.type.kind === "binary") return null;
  const isUtf8 = charset === null || charset.startsWith("utf8");
  // These take bytes for their inner form, and JSON of MySQL takes none at all.
  const needsText = /^(uuid|inet[46])$/.test(base) ||
    (base === "json" && !session.isMariadb);
  return isUtf8 && !needsText ? null : `CONVERT(${variable} USING utf8mb4)`;
}

/** Sends rows until the source or `maxRows` ends, or the server has answered already. */
async function send(
  load: Load,
  sender: InfileSender,
  maxRows: number,
  isOver: () => boolean,
): Promise<void> {
  const { session, source, fields } = load;
  let left = maxRows, bound: Batch | null = null;
  try {
    while (left > 0 && !isOver()) {
      session.hold();
      const portion = await source.take(left).finally(() => session.release());
      if (portion === null) break;
      const { batch, from, to, batchStart } = portion;
      if (batch !== bound) bindBatch(fields, batch, batchStart);
      bound = batch;
      left -= to - from;
      for (let row = from; row < to && !isOver(); row += BLOCK_ROWS) {
        const end = Math.min(to, row + BLOCK_ROWS);
        await sender.send(writeBlock(fields, row, end, sender));
        session.tap.lastSeen = performance.now();
      }
      load.progress(source.rows);
    }
    sender.emit("end");
  } catch (error) {
    // The server takes what it has for all there is; the transaction is undone afterwards.
    sender.emit("error", error);
    throw toOsirisError(error, "step/failed", "write");
  }
}

/** Writes rows `from` to `to`, with room for a packet's header before them. */
function writeBlock(
  fields: readonly FieldWriter[],
  from: number,
  to: number,
  sender: InfileSender,
): Buffer {
  const rows = to - from, last = fields.length - 1;
  const at = new Int32Array(rows).fill(fields.length);
  for (const field of fields) field.addSizes(from, to, at);
  let end = HEADER;
  for (let i = 0; i < rows; i++) {
    const size = at[i];
    at[i] = end;
    end += size;
  }
  const out = sender.room(end);
  for (let i = 0; i <= last; i++) {
    fields[i].writeRows(from, to, out, at, i === last ? LINE_END : FIELD_END);
  }
  return out;
}
