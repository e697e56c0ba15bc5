/**
 * Turns js-yaml's errors into those of `@std/yaml`: a `SyntaxError` whose
 * message is `<what> at line L, column C`, a colon, the source line, a caret.
 *
 * The source line may hold a secret, in the real package as here: whoever
 * prints such a message prints its first line only.
 *
 * @module
 */
// @ts-types="npm:@types/js-yaml@4.0.9"
import yaml from "npm:js-yaml@4.3.2";

/** What the real one says in front of js-yaml's words, by their beginning. */
const prefixes: [start: string, prefix: string][] = [
  ["bad indentation of a mapping entry", "Cannot read block: "],
  ["bad indentation of a sequence entry", "Cannot read block sequence: "],
  ["end of the stream or a document separator", "Cannot read document: "],
  ["directives end mark is expected", "Cannot read document: "],
  ["unidentified alias", "Cannot read alias: "],
  ["nested arrays are not supported", "Cannot store mapping pair: "],
  ["unknown escape sequence", "Cannot read double quoted scalar: "],
  ["expected hexadecimal character", "Cannot read double quoted scalar: "],
  [
    "unexpected end of the stream within a flow",
    "Cannot read flow collection: ",
  ],
];

/** Where both say the same in other words. */
const reworded: Record<string, string> = {
  "duplicated mapping key": "Cannot store mapping pair: duplicated key",
  "can not read an implicit mapping pair; a colon is missed":
    "Cannot read an implicit mapping pair: missing colon",
  "missed comma between flow collection entries":
    "Cannot read flow collection: missing comma between flow collection entries",
  "repeat of a chomping mode identifier":
    "Cannot read block: chomping mode identifier repeated",
  "the stream contains non-printable characters":
    "Stream contains non-printable characters",
};

function worded(reason: string): string {
  if (Object.hasOwn(reworded, reason)) return reworded[reason];
  const prefix = prefixes.find(([start]) => reason.startsWith(start))?.[1];
  if (prefix) return prefix + reason;
  const text = reason.replace(/^unknown tag/, "cannot resolve unknown tag")
    .replace(/^can not/, "cannot").replace("; ", ": ");
  return text[0].toUpperCase() + text.slice(1);
}

/** The line at `position` indented by four, and a caret below it. */
function snippet(source: string, position: number): string {
  const start = source.lastIndexOf("\n", position - 1) + 1;
  const end = source.indexOf("\n", position);
  const line = source.slice(start, end < 0 ? undefined : end).trimEnd();
  return `    ${line}\n${" ".repeat(4 + position - start)}^`;
}

/** The error that the real package would throw; others come back as they are. */
export function syntaxError(error: unknown): unknown {
  if (!(error instanceof yaml.YAMLException)) return error;
  const { reason, mark } = error;
  const text = worded(reason);
  if (!mark) return new SyntaxError(text);
  const { line, column, buffer, position } = mark;
  return new SyntaxError(
    `${text} at line ${line + 1}, column ${column + 1}:\n${
      snippet(buffer, position)
    }`,
  );
}
