/**
 * Errors in text, with the line they are on.
 *
 * @module
 */
import { type ErrorCode, OsirisError } from "../error.ts";
import { CR, LF } from "./dialect.ts";

/** Where something is wrong in a text. */
export interface Place {
  /** Name of the text's format; CSV unless given. */
  readonly format?: string;
  /** Path of the file as the user wrote it. */
  readonly path: string;
  /** 1-based line of the text, or null when it isn't known. */
  readonly line: number | null;
  /** Further facts: `row` (1-based, without the header), `column`, `offset`. */
  readonly facts?: Readonly<Record<string, string | number>>;
}

/** An error at a place: `Cannot read CSV "path": line 3: state`. */
export function textFault(
  code: ErrorCode,
  { format = "CSV", path, line, facts = {} }: Place,
  state: string,
  hint?: string,
): OsirisError {
  const where = line === null ? "" : `line ${line}: `;
  return new OsirisError(
    code,
    `Cannot read ${format} "${path}": ${where}${state}`,
    {
      ...(hint !== undefined && { hint }),
      details: { path, ...(line !== null && { line }), ...facts },
    },
  );
}

/** Line ends in `bytes[start, end)`; a CRLF counts once. */
export function countLines(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let lines = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i];
    if (byte === LF || (byte === CR && bytes[i + 1] !== LF)) lines++;
  }
  return lines;
}
