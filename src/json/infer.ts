/**
 * Finds the columns of a JSON text and their types by going through its rows.
 *
 * @module
 */
import { checkDate } from "../csv/infer.ts";
import { type ReadColumn, selectColumns } from "../csv/selection.ts";
import { JsonGuess } from "./guess.ts";
import { KeyTable } from "./keys.ts";
import type { ReadJsonOptions } from "./read_options.ts";
import { JsonRows } from "./rows.ts";

/** The columns of a text: all keys, and those to read. */
export interface JsonColumns {
  readonly keys: KeyTable;
  readonly columns: readonly ReadColumn[];
}

/** Rows that are taken together. */
const BLOCK_ROWS = 512;

/**
 * The columns of `text`: its keys in the order in which they come up.
 *
 * @param isWhole Whether `text` is all there is; otherwise NULL may come later.
 * @throws {OsirisError} `data/…`
 */
export async function inferJson(
  text: AsyncIterable<Uint8Array>,
  path: string,
  options: ReadJsonOptions,
  isWhole: boolean,
): Promise<JsonColumns> {
  const rows = new JsonRows(text, path, !isWhole);
  const keys = new KeyTable();
  const guesses: JsonGuess[] = [];
  const observe = (): void => {
    const { bytes, object: { count, members } } = rows;
    for (let i = 0; i < count; i++) {
      const column = keys.find(bytes, members[4 * i], members[4 * i + 1], i);
      if (guesses[column] === undefined) {
        const isDate = options.dateColumns.includes(keys.names[column]);
        guesses[column] = new JsonGuess(isDate ? "iso" : options.dates);
      }
      const start = members[4 * i + 2];
      // Only null starts with an n.
      if (bytes[start] !== 110) {
        guesses[column].observe(bytes, start, members[4 * i + 3]);
      }
    }
  };
  try {
    for (let left = options.limit; left > 0;) {
      const count = await rows.next(Math.min(BLOCK_ROWS, left), observe);
      if (count === 0) break;
      left -= count;
    }
    const origin = { format: "JSON", path };
    const columns = selectColumns(keys.names, options, origin).map(
      ({ name, index, type }) => {
        const field = {
          name,
          index,
          type: type ?? guesses[index].type(),
          nullable: !isWhole || guesses[index].values < rows.seen,
        };
        checkDate(field, origin, options);
        return field;
      },
    );
    return { keys, columns };
  } finally {
    await rows.close();
  }
}
