/**
 * Reads `.env` text: `NAME=value` lines into a map.
 *
 * Why our own: the common libraries write into the process environment or ask
 * for permissions. Known are `export`, comments, single quotes (as they are),
 * double quotes (with `\n`, `\t`, `\"`, `\\` and line breaks). Nothing is
 * expanded: a `$` in a password stays one.
 *
 * @module
 */

/** One `NAME=value`, or a line that is none. */
export interface DotenvResult {
  readonly values: ReadonlyMap<string, string>;
  /** Numbers of lines that are neither blank, comment nor `NAME=value`. */
  readonly malformed: readonly number[];
}

const ENTRY =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]*)[ \t]*=[ \t]*(?:'([^']*)'|"((?:\\[\s\S]|[^"\\])*)"|([^\n]*))/;

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** Reads `.env` text. Of two lines with one name the later counts. */
export function parseDotenv(text: string): DotenvResult {
  const values = new Map<string, string>();
  const malformed: number[] = [];
  let rest = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  for (let line = 1; rest !== "";) {
    const end = lineEnd(rest, 0);
    const head = rest.slice(0, end).trim();
    let taken = end;
    if (head !== "" && !head.startsWith("#")) {
      const entry = rest.match(ENTRY);
      const tail = entry === null
        ? ""
        : rest.slice(entry[0].length, lineEnd(rest, entry[0].length));
      if (entry === null || !/^[ \t]*(#.*)?$/.test(tail)) malformed.push(line);
      else {
        values.set(entry[1], valueOf(entry));
        taken = entry[0].length + tail.length;
      }
    }
    line += rest.slice(0, taken).split("\n").length;
    rest = rest.slice(taken + 1);
  }
  return { values, malformed };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function valueOf([, , single, double, plain]: RegExpMatchArray): string {
  if (single !== undefined) return single;
  if (double !== undefined) {
    return double.replace(
      /\\([\s\S])/g,
      (_, character: string) => ESCAPES[character] ?? character,
    );
  }
  return plain.replace(/(^|[ \t])#.*$/, "").trim();
}
