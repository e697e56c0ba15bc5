/**
 * Loads rows by INSERT statements of many rows, written as bytes.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { OsirisError } from "../../../src/error.ts";
import type { Batch } from "../../../src/table/batch.ts";
import { quoteNames } from "../quote.ts";
import { QUERY_HEADER, runBytes } from "../raw_query.ts";
import { okResult, type Result } from "../session.ts";
import type { FieldWriter } from "./field_writer.ts";
import { bindBatch, checkResult, type Load, type Loaded } from "./loader.ts";

/** Statements above this size gain nothing. */
const GOOD_SIZE = 1 << 20;

/** How statements are sized. */
export interface InsertOptions {
  /** Most rows of a statement. */
  readonly maxRows: number;
}

/** Loads rows; see `Loader`. */
export async function insertRows(
  load: Load,
  maxRows: number,
  options: InsertOptions,
): Promise<Loaded> {
  const { session, source, fields } = load;
  const firstRow = source.rows;
  const statement = new Statement(load, options);
  let left = maxRows, bytes = 0, bound: Batch | null = null;
  const flush = async (): Promise<void> => {
    if (statement.rows === 0) return;
    const { packet, rows } = statement.take();
    bytes += packet.length;
    const sentBefore = statement.firstRow - rows;
    await checkResult(load, await execute(load, packet), rows, sentBefore);
  };
  statement.firstRow = firstRow;
  while (left > 0) {
    session.hold();
    const portion = await source.take(left).finally(() => session.release());
    if (portion === null) break;
    const { batch, from, to, batchStart } = portion;
    if (batch !== bound) bindBatch(fields, batch, batchStart);
    bound = batch;
    left -= to - from;
    for (let row = from; row < to; row++) {
      if (!statement.hasRoom(row)) await flush();
      statement.add(row, batchStart + row);
    }
    load.progress(source.rows);
  }
  await flush();
  return { rows: source.rows - firstRow, bytes };
}

function execute({ session, table }: Load, packet: Buffer): Promise<Result> {
  return session.command(
    { action: "write", where: `table "${table}"` },
    (resolve, reject) =>
      runBytes(session.raw, packet, (error, answer) => {
        if (error) reject(error);
        else resolve(okResult(answer));
      }),
  );
}

/** An INSERT in the making. */
class Statement {
  rows = 0;
  /** Rows of the input before the next to be added. */
  firstRow = 0;
  readonly #fields: readonly FieldWriter[];
  readonly #head: Uint8Array;
  readonly #maxBytes: number;
  readonly #maxRows: number;
  readonly #table: string;
  #out: Buffer;
  #end: number;

  constructor(
    { into, fields, table, maxPacket }: Load,
    { maxRows }: InsertOptions,
  ) {
    this.#fields = fields;
    this.#table = table;
    const names = fields.map(({ plan }) => plan.column.name);
    this.#head = new TextEncoder().encode(
      `INSERT INTO ${into} (${quoteNames(names)}) VALUES `,
    );
    this.#maxBytes = Math.min(maxPacket, 0xff_ff00) - 64;
    this.#maxRows = maxRows;
    this.#out = Buffer.allocUnsafeSlow(GOOD_SIZE / 4);
    this.#end = this.#begin();
  }

  /** Whether another row of the present batch fits. */
  hasRoom(row: number): boolean {
    if (this.rows === 0) return true;
    if (this.rows >= this.#maxRows) return false;
    const end = this.#end + this.#rowSize(row);
    return end <= Math.min(GOOD_SIZE, this.#maxBytes);
  }

  /** Adds a row of the present batch. @param index Its place in the input. */
  add(row: number, index: number): void {
    this.#reserve(this.#rowSize(row));
    let end = this.#end;
    this.#out[end++] = this.rows === 0 ? 40 : 44;
    if (this.rows > 0) this.#out[end++] = 40;
    this.#fields.forEach((field, column) => {
      if (column > 0) this.#out[end++] = 44;
      end = field.writeLiteral(row, this.#out, end);
    });
    this.#out[end++] = 41;
    if (end > this.#maxBytes) throw this.#tooLarge(index, end);
    this.#end = end;
    this.rows++;
    this.firstRow = index + 1;
  }

  /** Hands the statement over as a packet, and starts the next. */
  take(): { packet: Buffer; rows: number } {
    const taken = { packet: this.#out.subarray(0, this.#end), rows: this.rows };
    this.#out = Buffer.allocUnsafeSlow(this.#out.length);
    this.#end = this.#begin();
    this.rows = 0;
    return taken;
  }

  #begin(): number {
    this.#out.set(this.#head, QUERY_HEADER);
    return QUERY_HEADER + this.#head.length;
  }

  #rowSize(row: number): number {
    let size = 4 + this.#fields.length;
    for (const field of this.#fields) size += field.literalSize(row);
    return size;
  }

  #reserve(more: number): void {
    if (this.#end + more <= this.#out.length) return;
    const grown = Buffer.allocUnsafeSlow(2 * (this.#end + more));
    grown.set(this.#out.subarray(0, this.#end));
    this.#out = grown;
  }

  #tooLarge(index: number, bytes: number): OsirisError {
    return new OsirisError(
      "sql/packet-too-large",
      `Cannot write: table "${this.#table}", row ${
        index + 1
      }: it takes ${bytes} bytes, and the server takes ${this.#maxBytes} at once`,
      {
        hint: "Raise max_allowed_packet on the server, or use bulk: load_data",
        details: { row: index + 1 },
      },
    );
  }
}
