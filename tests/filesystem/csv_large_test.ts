/** Files larger than what is held of one: every row counts, in many windows. */
import assert from "node:assert/strict";
import { rowsOf } from "../kit/assert_table.ts";
import { readCsvText } from "../kit/csv.ts";
import type { Cell } from "../kit/table.ts";

/** Rows of 5 MB of text with all that may be in one, and what they say. */
function largeText(rows: number): { text: string; cells: Cell[][] } {
  const cells: Cell[][] = [];
  let text = "id,word,quoted,empty\n";
  for (let id = 0; id < rows; id++) {
    const word = id % 7 === 0 ? `žluťoučký kůň ${id}` : `plain word ${id}`;
    const quoted = id % 5 === 0 ? `"a" said ${id},\nand left` : `x${id}`;
    if (id % 1000 === 999) text += '\n# not a row, "at all\n';
    text += `${id},${word},"${quoted.replaceAll('"', '""')}",${
      id % 3 === 0 ? '""' : ""
    }${id % 11 === 0 ? "\r\n" : "\n"}`;
    cells.push([BigInt(id), word, quoted, id % 3 === 0 ? "" : null]);
  }
  return { text, cells };
}

const { text, cells } = largeText(150_000);
const comment = { comment: "#" };

Deno.test("csv_extractor reads every row of a large file as it is", async () => {
  assert.ok(text.length > 4.2e6);
  for (const chunkBytes of [1 << 20, 65_537]) {
    const { batches } = await readCsvText(text, comment, { chunkBytes });
    assert.deepEqual(rowsOf(batches), cells);
  }
});

Deno.test("csv_extractor names the line of a fault far into a large file", async () => {
  const line = text.split(/\r\n|\n/).length;
  for (
    const [tail, code] of [
      ["1,2,3\n", "data/ragged"],
      ['1,2,"3"x,\n', "data/quote"],
      ['1,2,"3,\n', "data/quote"],
      ["1,2,\0,\n", "data/encoding"],
    ]
  ) {
    await assert.rejects(
      readCsvText(text + tail, comment),
      ({ code: seen, details }) => {
        assert.deepEqual([seen, details.line], [code, line]);
        return true;
      },
    );
  }
});

Deno.test("csv_extractor leaves ragged rows of a large file out, and only those", async () => {
  const ragged = text.replaceAll(/^(\d*500,)/gm, "one,two\n$1");
  const { batches, accounted } = await readCsvText(ragged, {
    ...comment,
    on_bad_lines: "skip",
  });
  assert.deepEqual(rowsOf(batches), cells);
  assert.deepEqual(accounted, { rejected: 150 });
});
