/**
 * Where a command's words go: results to stdout, everything else to stderr.
 *
 * @module
 */

/** Two streams and what they can show. */
export interface Terminal {
  /** Writes text to stdout: the result and nothing else. */
  out(text: string): void;
  /** Writes text to stderr. */
  err(text: string): void;
  /** Whether stderr is a terminal: lines may be drawn over. */
  readonly isTerminal: boolean;
  /** Whether stderr takes colours. */
  readonly isColored: boolean;
  /** Characters that fit in a line of stderr. */
  readonly columns: number;
}

/** The process's own streams. */
export function systemTerminal(): Terminal {
  const isTerminal = Deno.stderr.isTerminal();
  return {
    // A result has no colours: what moves a cursor is none of ours. In JSON it stays the same value.
    out: (text) => writeAll(Deno.stdout, printable(text)),
    err: (text) => writeAll(Deno.stderr, text),
    isTerminal,
    // Deno reads NO_COLOR itself, which needs no permission.
    isColored: isTerminal && !Deno.noColor,
    columns: isTerminal ? Deno.consoleSize().columns : 80,
  };
}

/** A reader that has gone (`| head`) is no error of ours. */
function writeAll(
  stream: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  let bytes = new TextEncoder().encode(text);
  try {
    while (bytes.length > 0) bytes = bytes.subarray(stream.writeSync(bytes));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** Printable text, marked on terminals that take it. */
export function styled(
  terminal: Terminal,
  style: "bold" | "dim" | "red" | "yellow",
  text: string,
): string {
  if (!terminal.isColored) return printable(text);
  const code = { bold: 1, dim: 2, red: 31, yellow: 33 }[style];
  return `\x1b[${code}m${printable(text)}\x1b[0m`;
}

/**
 * Text as it may be shown: control characters, which could move the cursor or
 * forge lines, and those that are not seen or turn the order of others, are
 * written out.
 */
export function printable(text: string): string {
  return text.replace(
    /[^\P{Cc}\n\t]|[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu,
    (character) =>
      `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`,
  );
}

/** Rows in columns, two blanks apart, without blanks at the end; a row is one line, whatever its cells hold. */
export function columns(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) =>
    row.map((cell) => cell.replaceAll("\n", "\\n"))
  );
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => row[index].length))
  );
  return rows.map((row) =>
    row.map((cell, index) => cell.padEnd(widths[index])).join("  ").trimEnd() +
    "\n"
  ).join("");
}
