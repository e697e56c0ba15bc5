/**
 * `CsvParseStream` of `@std/csv`: a stream of CSV text into a stream of rows.
 *
 * @module
 */
import { type ReadOptions, RecordReader } from "./record_reader.ts";
import {
  checkCount,
  type FieldCount,
  fieldCount,
  type ParseResult,
  type RecordOptions,
  toObject,
} from "./record.ts";

/** Options of {@linkcode CsvParseStream}. */
export interface CsvParseStreamOptions extends ReadOptions, RecordOptions {}

/** What one row comes back as. */
export type RowType<T> = T extends undefined ? string[]
  : ParseResult<CsvParseStreamOptions, T>[number];

type Row = string[] | Record<string, string>;

/**
 * Turns CSV text, cut anywhere, into rows.
 *
 * A row is read when it is asked for, as in the real one; so rows before a
 * mistake are delivered before its error.
 */
export class CsvParseStream<
  const T extends CsvParseStreamOptions | undefined = undefined,
> implements TransformStream<string, RowType<T>> {
  /** Rows. */
  readonly readable: ReadableStream<RowType<T>>;
  /** CSV text. */
  readonly writable: WritableStream<string>;

  constructor(options?: T) {
    const lines = lineStream();
    const source = lines.readable.getReader();
    const maker = new RowMaker(options ?? {});
    this.writable = lines.writable;
    this.readable = new ReadableStream<Row>({
      async pull(controller) {
        while (true) {
          const { value, done } = await source.read();
          const row = done ? maker.end() : maker.read(value);
          if (row) controller.enqueue(row);
          if (done) return controller.close();
          if (row) return;
        }
      },
      cancel: (reason) => source.cancel(reason),
    }) as ReadableStream<RowType<T>>;
  }
}

function lineStream(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream<string, string>({
    transform(chunk, controller) {
      let at = 0;
      for (let end; (end = chunk.indexOf("\n", at)) >= 0; at = end + 1) {
        controller.enqueue(rest + chunk.slice(at, end));
        rest = "";
      }
      rest += chunk.slice(at);
    },
    flush: (controller) => controller.enqueue(rest),
  });
}

/** Makes rows from lines. */
class RowMaker {
  readonly #reader: RecordReader;
  readonly #skipFirst: boolean;
  #header: readonly string[] | undefined;
  #count: FieldCount;
  #isFirst = true;
  #line = 0; // records and skipped lines so far, the header left out

  constructor(options: CsvParseStreamOptions) {
    this.#reader = new RecordReader(options);
    this.#skipFirst = options.skipFirstRow ?? false;
    this.#header = options.columns;
    this.#count = fieldCount(options.fieldsPerRecord);
  }

  read(line: string): Row | undefined {
    return this.#row(this.#reader.read(line, this.#line));
  }

  end(): Row | undefined {
    return this.#row(this.#reader.end(this.#line, false));
  }

  #row(record: string[] | undefined): Row | undefined {
    if (!record) return undefined;
    const isSkipped = record.length === 0;
    if (this.#isFirst && !isSkipped) {
      this.#isFirst = false;
      if (this.#skipFirst) {
        this.#header ??= record;
        return undefined;
      }
      if (this.#count === "first") this.#count = record.length;
    }
    this.#line++;
    if (isSkipped) return undefined;
    checkCount(record, this.#count, this.#line);
    return this.#header
      ? toObject(record, this.#header, this.#line + 1)
      : record;
  }
}
