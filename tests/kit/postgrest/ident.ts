// Quoting for SQL, and the numbered parameters of one statement.

/** An identifier in double quotes. */
export function ident(name: string): string {
  return `"${name.replaceAll("\0", "").replaceAll('"', '""')}"`;
}

/** `"schema"."name"`. */
export function qualified(schema: string, name: string): string {
  return `${ident(schema)}.${ident(name)}`;
}

/** A text literal, safe with any `standard_conforming_strings`. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("\0", "").replaceAll("'", "''")}'`;
  return quoted.includes("\\")
    ? ` E${quoted.replaceAll("\\", "\\\\")}`
    : quoted;
}

/** An array literal; the target column's type says what its elements are. */
export function arrayLiteral(values: string[]): string {
  const escape = (value: string) =>
    `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  return `{${values.map(escape).join(",")}}`;
}

/** Collects the values of one statement; all are sent as text of unknown type, so PostgreSQL decides what they are. */
export class Params {
  constructor(readonly values: string[] = []) {}

  /** The same values, for another statement that begins with them. */
  copy(): Params {
    return new Params([...this.values]);
  }

  /** Adds a value and returns its placeholder. */
  bind(value: string): string {
    return `$${this.values.push(value)}`;
  }
}
