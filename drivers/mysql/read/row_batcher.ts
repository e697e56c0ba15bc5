/**
 * Makes batches of the rows that a packet tap gives.
 *
 * @module
 */
import { type Batch, BATCH_BYTES } from "../../../src/table/batch.ts";
import { OsirisError } from "../../../src/error.ts";
import type { RowSink } from "../packet_tap.ts";
import type { RowPlan } from "./row_plan.ts";
import { findBinaryValues, findTextValues } from "./row_spans.ts";

/** Rows whose values are found before their columns are read: few enough to stay in the processor's cache. */
const BLOCK_ROWS = 512;

/** Where batches go. */
export interface BatcherOptions {
  readonly plan: RowPlan;
  /** Rows of a batch, unless its bytes end it before. */
  readonly batchRows: number;
  /** Rows after which the rest is of no interest. */
  readonly maxRows: number;
  onBatch(batch: Batch): void;
  /** Called once; nothing is read afterwards. */
  onError(error: OsirisError): void;
  /** Called once when `maxRows` rows were read; nothing is read afterwards. */
  onEnough(): void;
}

/** Makes batches of rows. */
export class RowBatcher implements RowSink {
  /** Rows read. */
  rows = 0;
  readonly #options: BatcherOptions;
  readonly #step: number;
  readonly #spans: Int32Array;
  #bytes: Uint8Array | null = null;
  #blockRows = 0;
  #batchRows = 0;
  #isOver = false;
  #hasFailed = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
    this.#step = 2 * options.plan.readers.length;
    this.#spans = new Int32Array(this.#step * BLOCK_ROWS);
  }

  row(bytes: Uint8Array, start: number, end: number): void {
    if (this.#isOver) return;
    this.#bytes = bytes;
    const { plan } = this.#options;
    const at = this.#blockRows * this.#step;
    const stop = plan.protocol === "binary"
      ? findBinaryValues(bytes, start, plan.widths, this.#spans, at)
      : findTextValues(bytes, start, plan.readers.length, this.#spans, at);
    if (stop !== end) return this.#fail(malformed(this.rows + this.#blockRows));
    this.#blockRows++;
    if (
      this.#blockRows === BLOCK_ROWS ||
      this.#batchRows + this.#blockRows === this.#options.batchRows ||
      this.rows + this.#blockRows === this.#options.maxRows
    ) this.flush();
  }

  flush(): void {
    const rows = this.#blockRows;
    if (rows === 0 || this.#isOver) return;
    this.#blockRows = 0;
    const { plan, batchRows, maxRows } = this.#options;
    try {
      let bytes = 0;
      for (let column = 0; column < plan.readers.length; column++) {
        this.#read(column, rows);
        bytes += plan.readers[column].byteLength;
      }
      this.#batchRows += rows;
      this.rows += rows;
      if (this.#batchRows >= batchRows || bytes >= BATCH_BYTES) this.#emit();
    } catch (error) {
      return this.#fail(error as OsirisError);
    }
    if (this.rows >= maxRows) {
      this.#isOver = true;
      this.#options.onEnough();
    }
  }

  /** Gives out what is left, at least one batch in all. */
  finish(): void {
    if (this.#hasFailed) return;
    if (this.#batchRows > 0 || this.rows === 0) this.#emit();
  }

  #emit(): void {
    const { plan, onBatch } = this.#options;
    const length = this.#batchRows;
    this.#batchRows = 0;
    onBatch({
      schema: plan.schema,
      length,
      columns: plan.readers.map((reader) => reader.finish()),
    });
  }

  #read(column: number, rows: number): void {
    const { plan } = this.#options;
    const reader = plan.readers[column];
    const step = this.#step, first = 2 * column;
    for (let done = 0;;) {
      done += reader.appendSpans(
        this.#bytes!,
        this.#spans,
        first + done * step,
        step,
        rows - done,
      );
      if (done === rows) return;
      if (!plan.dates[column] || plan.policy.zeroDates !== "null") {
        throw unreadable(plan, column, this.rows + done);
      }
      reader.appendNull();
      done++;
      if (done === rows) return;
    }
  }

  #fail(error: OsirisError): void {
    this.#isOver = this.#hasFailed = true;
    this.#options.onError(error);
  }
}

function malformed(row: number): OsirisError {
  return new OsirisError(
    "connection/lost",
    `Cannot read rows: row ${row + 1}: the server sent bytes that are no row`,
    { hint: "Look for a proxy that changes what it passes on" },
  );
}

function unreadable(
  plan: RowPlan,
  column: number,
  index: number,
): OsirisError {
  const { name, metadata, type } = plan.schema.fields[column];
  const details = { column: name, row: index + 1 };
  const where = `column "${name}", row ${index + 1}`;
  if (plan.dates[column]) {
    return new OsirisError(
      "data/zero-date",
      `Cannot read rows: ${where}: a date that no calendar has`,
      { hint: 'Set zero_dates to "null" or "text"', details },
    );
  }
  return new OsirisError(
    "data/type",
    `Cannot read rows: ${where}: not exactly a ${type.kind}, as which ${
      metadata?.["mysql.type"] ?? "it"
    } is read`,
    { hint: "Convert the column in the query", details },
  );
}
