/**
 * Builds batches from scanned pages.
 *
 * @module
 */
import { requireColumns } from "../../src/driver/column_names.ts";
import { OsirisError } from "../../src/error.ts";
import { type Batch, BATCH_BYTES, BATCH_ROWS } from "../../src/table/batch.ts";
import { type ColumnBuilder, columnBuilder } from "../../src/table/builder.ts";
import { type Field, formatType, type Schema } from "../../src/table/type.ts";
import type { Layout } from "./layout.ts";
import { instantMicros } from "./instant.ts";
import type { PageSpans } from "./scan.ts";

/** Collects rows until they make a batch. */
export class Decoder {
  readonly schema: Schema;
  readonly #layout: Layout;
  readonly #builders: readonly ColumnBuilder[];
  readonly #table: string;
  readonly #lossy: ReadonlySet<string>;
  #length = 0;
  #rowsBefore = 0;
  /** Values that their type could not hold and that became NULL. */
  lossyValues = 0;

  /**
   * @param table For messages.
   * @param lossy Columns where a value that doesn't fit becomes NULL.
   * @throws {OsirisError} `config/invalid` when one of these isn't there.
   */
  constructor(layout: Layout, table: string, lossy: readonly string[]) {
    this.#layout = layout;
    this.#table = table;
    this.#lossy = new Set(lossy);
    requireColumns("allow_lossy", lossy, layout.fields.map(({ name }) => name));
    // A value that doesn't fit becomes NULL where the user allows it.
    const fields = layout.fields.map((field) =>
      this.#lossy.has(field.name) ? { ...field, nullable: true } : field
    );
    this.schema = { fields };
    this.#builders = fields.map(({ type }) => columnBuilder(type));
  }

  /** Rows of the batch to be. */
  get length(): number {
    return this.#length;
  }

  /** Whether the rows so far make a batch. */
  get isFull(): boolean {
    if (this.#length >= BATCH_ROWS) return true;
    let bytes = 0;
    for (const builder of this.#builders) bytes += builder.byteLength;
    return bytes >= BATCH_BYTES;
  }

  /**
   * Adds rows `from` and after of a page.
   *
   * @throws {OsirisError} `data/type`, `data/lossy` with table, column and row.
   */
  add(bytes: Uint8Array, page: PageSpans, from: number, to: number): void {
    const step = 2 * this.#layout.width;
    this.#builders.forEach((builder, column) => {
      for (let row = from; row < to;) {
        const first = row * step + 2 * column;
        row += builder.appendSpans(bytes, page.spans, first, step, to - row);
        if (row === to) break;
        const at = row * step + 2 * column;
        this.#appendOdd(
          column,
          bytes,
          page.spans[at],
          page.spans[at + 1],
          this.#length + row - from,
        );
        row++;
      }
    });
    this.#length += to - from;
  }

  /** Hands over the rows so far as a batch. */
  finish(): Batch {
    const length = this.#length;
    this.#length = 0;
    this.#rowsBefore += length;
    return {
      schema: this.schema,
      length,
      columns: this.#builders.map((builder) => builder.finish()),
    };
  }

  /** A value that is not written as usual: an instant with an offset, or one that doesn't fit. */
  #appendOdd(
    column: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    row: number,
  ): void {
    const builder = this.#builders[column];
    const field = this.schema.fields[column];
    const { type, name } = field;
    if (type.kind === "timestamp" && type.utc) {
      const micros = instantMicros(bytes, start, end);
      if (micros !== undefined) return builder.appendValue(micros);
    }
    if (this.#lossy.has(name)) {
      this.lossyValues++;
      return builder.appendNull();
    }
    throw this.#misfit(field, row);
  }

  #misfit({ name, type, metadata }: Field, row: number): OsirisError {
    const source = metadata?.["postgres.type"] ?? "value";
    const isExact = ["date", "time", "timestamp", "decimal"].includes(
      type.kind,
    );
    return new OsirisError(
      isExact ? "data/lossy" : "data/type",
      `Cannot read table "${this.#table}": column "${name}", row ${
        this.#rowsBefore + row + 1
      }: a ${source} that ${formatType(type)} can't hold exactly`,
      {
        hint: type.kind === "decimal" || type.kind === "int"
          ? `Name a wider type: types: {${name}: "decimal(38,10)"}`
          : `Read the column as text, types: {${name}: utf8}, or list it under allow_lossy`,
        details: {
          table: this.#table,
          column: name,
          row: this.#rowsBefore + row + 1,
        },
      },
    );
  }
}
