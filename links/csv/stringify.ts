/**
 * `stringify` of `@std/csv`: rows into a CSV text.
 *
 * @module
 */

/** Index in an array or key in an object. */
export type PropertyAccessor = number | string;

/** Where a field's value is, and what its column is called. */
export type ColumnDetails = {
  /** Name of the column. Default: the last accessor. */
  header?: string;
  /** Way to the value, one step or several. */
  prop: PropertyAccessor | PropertyAccessor[];
};

/** A column: the way to its value, with or without a name of its own. */
export type Column = ColumnDetails | PropertyAccessor | PropertyAccessor[];

/** A row. */
export type DataItem = Readonly<Record<string, unknown> | unknown[]>;

/** Options of {@linkcode stringify}. */
export type StringifyOptions = {
  /** Whether the first line names the columns, if there are any. Default: `true`. */
  headers?: boolean;
  /** Between fields. Default: `","`. */
  separator?: string;
  /** Which values to write; needed when rows are objects. */
  columns?: readonly Column[];
  /** Whether the text begins with a byte-order mark. Default: `false`. */
  bom?: boolean;
};

/**
 * Writes rows as CSV, each line ending in CRLF.
 *
 * A field is quoted if it holds the separator, a quote or a line feed; `null`
 * and `undefined` are empty fields, objects are written as JSON.
 *
 * @throws {TypeError} For objects without `columns` and for a separator that
 * can't be told from the rest.
 */
export function stringify(
  data: readonly DataItem[],
  options: StringifyOptions = {},
): string {
  const { headers = true, separator = ",", columns = [], bom = false } =
    options;
  const write = rowWriter(separator, columns);
  const head = headers && columns.length > 0
    ? joinFields(columns.map(headerOf), separator)
    : "";
  return (bom ? "\ufeff" : "") + head + data.map(write).join("");
}

/** Makes the function that writes one row. */
export function rowWriter(
  separator: string,
  columns: readonly Column[],
): (row: DataItem) => string {
  if (separator.includes('"') || separator.includes("\r\n")) {
    throw new TypeError(
      'Separator cannot include the following strings:\n  - U+0022: Quotation mark (")\n  - U+000D U+000A: Carriage Return + Line Feed (\\r\\n)',
    );
  }
  const paths = columns.map(pathOf);
  return (row) => {
    if (paths.length > 0) {
      return joinFields(paths.map((path) => valueAt(row, path)), separator);
    }
    if (Array.isArray(row)) return joinFields(row, separator);
    if (typeof row !== "object") return joinFields([row], separator);
    throw new TypeError(
      "No property accessor function was provided for object",
    );
  };
}

/** One line of fields. */
export function joinFields(
  values: readonly unknown[],
  separator: string,
): string {
  let line = "";
  for (let i = 0; i < values.length; i++) {
    if (i > 0) line += separator;
    line += field(values[i], separator);
  }
  return line + "\r\n";
}

function field(value: unknown, separator: string): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "object"
    ? JSON.stringify(value)
    : String(value);
  const isPlain = !text.includes(separator) && !text.includes("\n") &&
    !text.includes('"');
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

function pathOf(column: Column): readonly PropertyAccessor[] {
  if (Array.isArray(column)) return column;
  const prop = typeof column === "object" ? column.prop : column;
  return Array.isArray(prop) ? prop : [prop];
}

function headerOf(column: Column): string {
  const named = typeof column === "object" && !Array.isArray(column)
    ? column.header
    : undefined;
  return typeof named === "string" ? named : String(pathOf(column).at(-1));
}

function valueAt(row: unknown, path: readonly PropertyAccessor[]): unknown {
  let value = row;
  for (const step of path) {
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value) && typeof step !== "number") {
      throw new TypeError('Property accessor is not of type "number"');
    }
    value = (value as Record<PropertyAccessor, unknown>)[step];
  }
  return value;
}
