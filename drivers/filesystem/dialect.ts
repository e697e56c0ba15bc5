/**
 * The characters of a CSV config as bytes.
 *
 * @module
 */
import type { Dialect } from "../../src/csv/dialect.ts";
import { OsirisError } from "../../src/error.ts";

/** The part of a config that names characters. */
export type DialectConfig = {
  readonly delimiter: string;
  readonly quote: string;
  readonly escape?: string;
  readonly comment?: string;
  readonly quoting: "minimal" | "all" | "nonnumeric" | "none";
  readonly "skip_blank_lines"?: boolean;
};

/** The dialect of a config. @throws {OsirisError} `config/invalid` when a character has two meanings. */
export function dialectOf(config: DialectConfig): Dialect {
  const { delimiter, quote, escape, comment, quoting } = config;
  const named = { delimiter, quote, escape, comment };
  const seen = new Map<string, string>();
  for (const [name, character] of Object.entries(named)) {
    if (character === undefined) continue;
    const other = seen.get(character);
    // An escape that is the quote is the doubling that there is anyway.
    if (other !== undefined && !(name === "escape" && other === "quote")) {
      throw new OsirisError(
        "config/invalid",
        `Cannot use the CSV config: ${other} and ${name} are both "${character}"`,
        { hint: `Set ${name} to another character` },
      );
    }
    seen.set(character, name);
  }
  return {
    delimiter: byteOf(delimiter),
    quote: quoting === "none" ? -1 : byteOf(quote),
    escape: escape === quote ? -1 : byteOf(escape),
    comment: byteOf(comment),
    skipBlankLines: config.skip_blank_lines ?? true,
  };
}

function byteOf(character: string | undefined): number {
  return character === undefined ? -1 : character.charCodeAt(0);
}
