/**
 * How a CSV text marks its fields and rows, as bytes.
 *
 * @module
 */

/** The bytes with meaning in a CSV text; -1 where there is none. */
export interface Dialect {
  /** Between fields. */
  readonly delimiter: number;
  /** Around a field, doubled inside one; -1 when quotes mean nothing. */
  readonly quote: number;
  /** Takes the meaning from the byte that follows, in and out of quotes; -1 for none. */
  readonly escape: number;
  /** Starts a line that is no row; -1 for none. */
  readonly comment: number;
  /** Whether a line without a byte is no row. It always is one in a text of one column, where it stands for NULL. */
  readonly skipBlankLines: boolean;
}

/** Line feed. */
export const LF = 10;
/** Carriage return. */
export const CR = 13;
