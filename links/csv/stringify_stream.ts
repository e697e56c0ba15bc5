/**
 * `CsvStringifyStream` of `@std/csv`: a stream of rows into CSV text, one chunk
 * a row.
 *
 * @module
 */
import { type DataItem, joinFields, rowWriter } from "./stringify.ts";

/** Options of {@linkcode CsvStringifyStream}. */
export interface CsvStringifyStreamOptions {
  /** Between fields. Default: `","`. */
  readonly separator?: string;
  /** Columns to write, named in the first line; needed when rows are objects. */
  readonly columns?: Array<string>;
}

/** Turns rows into CSV text. */
export class CsvStringifyStream<TOptions extends CsvStringifyStreamOptions>
  extends TransformStream<
    TOptions["columns"] extends Array<string> ? Record<string, unknown>
      : Array<unknown>,
    string
  > {
  constructor(options?: TOptions) {
    const { separator = ",", columns = [] } = options ?? {};
    let write: (row: DataItem) => string;
    super({
      start(controller) {
        try {
          write = rowWriter(separator, columns);
          if (columns.length > 0) {
            controller.enqueue(joinFields(columns, separator));
          }
        } catch (error) {
          controller.error(error);
        }
      },
      transform(row, controller) {
        try {
          controller.enqueue(write(row));
        } catch (error) {
          controller.error(error);
        }
      },
    });
  }
}
