/**
 * Finds the types of a text's columns by going through its rows.
 *
 * @module
 */
import { type Field, types } from "../table/type.ts";
import type { FastText } from "./fast_text.ts";
import { textFault } from "./fault.ts";
import { Guess } from "./guess.ts";
import { NullTexts } from "./nulls.ts";
import type { ReadOptions } from "./read_options.ts";
import { Rows } from "./rows.ts";
import { type ReadColumn, selectColumns } from "./selection.ts";
import type { Origin } from "./window.ts";

/** Rows of so many columns that are scanned at a time: their spans and bytes stay in the processor's cache. */
export function blockRows(columns: number): number {
  return Math.max(1, Math.min(512, Math.floor(65_536 / columns)));
}

/**
 * The columns to read and their types, from the rows of `text`.
 *
 * @param isWhole Whether `text` is all there is; otherwise NULL may come later.
 * @param fast Room for the text.
 * @throws {OsirisError} `data/…`
 */
export async function inferColumns(
  text: AsyncIterable<Uint8Array>,
  path: string,
  options: ReadOptions,
  isWhole: boolean,
  fast?: FastText,
): Promise<ReadColumn[]> {
  const quiet = {
    ...options,
    isCut: !isWhole,
    onSkip: () => {},
    onBad: () => {},
  };
  const rows = new Rows(text, path, quiet, fast);
  try {
    await rows.begin();
    const selected = selectColumns(rows.names, options, { path });
    const guesses = selected.map(({ name, type }) =>
      type !== undefined || options.infer === "none" ? undefined : new Guess(
        options.dateColumns.includes(name) ? "iso" : options.dates,
      )
    );
    const isSeen = guesses.some((guess) => guess !== undefined);
    if (isSeen) await observeAll(rows, selected, guesses, options);
    return selected.map(({ name, index, type }, i) => {
      const field = guesses[i]?.field(name) ??
        { name, type: type ?? types.utf8, nullable: true };
      checkDate(field, { path }, options);
      const nullable = field.nullable || !(isSeen && isWhole);
      return { ...field, nullable, index };
    });
  } finally {
    await rows.close();
  }
}

/** Shows all rows to the guesses. */
async function observeAll(
  rows: Rows,
  selected: readonly { readonly index: number }[],
  guesses: readonly (Guess | undefined)[],
  options: ReadOptions,
): Promise<void> {
  const nulls = new NullTexts(options.nullTexts, options.dialect.quote);
  const width = 2 * rows.names.length;
  const most = blockRows(rows.names.length);
  for (let left = options.limit; left > 0;) {
    const count = await rows.next(Math.min(most, left));
    if (count === 0) break;
    const { bytes, spans } = rows;
    for (let i = 0; i < guesses.length; i++) {
      const first = 2 * selected[i].index;
      nulls.mark(bytes, spans, first, width, count);
      guesses[i]?.observe(bytes, spans, first, width, count);
    }
    left -= count;
  }
}

/** Refuses a column that must be dates and isn't. @throws {OsirisError} `data/type` */
export function checkDate(
  { name, type }: Field,
  origin: Origin,
  { dateColumns }: Pick<ReadOptions, "dateColumns">,
): void {
  if (!dateColumns.includes(name)) return;
  if (type.kind === "date" || type.kind === "timestamp") return;
  throw textFault(
    "data/type",
    { ...origin, line: null, facts: { column: name } },
    `column "${name}": not all of its values are dates, or timestamps`,
    `Take it out of parse_dates, or set dtype: { ${name}: utf8 }`,
  );
}
