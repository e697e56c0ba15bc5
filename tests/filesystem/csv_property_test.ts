/** CSV holds what is put into it, and the reader withstands whatever comes. */
import assert from "node:assert/strict";
import { OsirisError } from "../../src/error.ts";
import type { Batch } from "../../src/table/batch.ts";
import { formatType, types } from "../../src/table/type.ts";
import { csvParse } from "../deps/csv_parse.ts";
import { fc } from "../deps/fast_check.ts";
import { anyBatch } from "../kit/arbitrary_table.ts";
import { columnsOf, rowsOf } from "../kit/assert_table.ts";
import { readCsvText, writeCsvBytes, writeCsvText } from "../kit/csv.ts";
import { batchOf, type Cell } from "../kit/table.ts";

const encoder = new TextEncoder();

/** Tables without what CSV can't hold: NUL in a text or a name. */
const anyTable = anyBatch({ minColumns: 1 }).filter(({ schema, columns }) =>
  schema.fields.every(({ name }) => !name.includes("\0")) &&
  columns.every(({ type, data }) =>
    type.kind !== "utf8" || !(data as Uint8Array).includes(0)
  )
);

const anyDialect = fc.record({
  delimiter: fc.constantFrom(",", ";", "\t", "|", " ", "-", "1", "e"),
  quote: fc.constantFrom('"', "'"),
  encoding: fc.constantFrom("utf-8", "utf-8-sig", "utf-16", "utf-16be"),
  newline: fc.constantFrom("lf", "crlf", "cr"),
  quoting: fc.constantFrom("minimal", "all", "nonnumeric"),
  compression: fc.constantFrom("none", "gzip"),
});

Deno.test("any table comes back from CSV as it was", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyTable,
      anyDialect,
      fc.integer({ min: 1, max: 64 }),
      async (table, dialect, chunkBytes) => {
        const bytes = await writeCsvBytes([table], dialect);
        const { newline: _, ...config } = dialect;
        const dtype = Object.fromEntries(
          table.schema.fields.map(({ name, type }) => [name, formatType(type)]),
        );
        const { batches } = await readCsvText(bytes, { ...config, dtype }, {
          chunkBytes,
        });
        assert.deepEqual(columnsOf(batches[0]), columnsOf(table));
        assert.deepEqual(rowsOf(batches), rowsOf([table]));
      },
    ),
    { numRuns: 300 },
  );
});

/** Texts that look like something. */
const anyText = fc.oneof(
  fc.stringMatching(/^-?[0-9]{1,3}(\.[0-9]{1,3})?$/),
  fc.stringMatching(/^-?[0-9]{1,22}$/),
  fc.stringMatching(/^-?[0-9](\.[0-9]{1,18})?(e[-+]?[0-9]{1,3})?$/),
  fc.double().map(String),
  fc.double({ min: -1e6, max: 1e6 }).map((x) => x.toFixed(2)),
  fc.stringMatching(
    /^20[0-9]{2}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{6})?Z?)?$/,
  ),
  fc.constantFrom(
    "true",
    "false",
    "NaN",
    "null",
    "-0",
    "0.0",
    "1.10",
    "1e5",
    "1e-07",
    "nan",
    "inf",
  ),
  fc.string({ unit: fc.constantFrom("a", " ", '"', ",", "\n", "\r", "é") }),
);

/** Columns of which each holds texts of few kinds, as columns do. */
const anyTexts = fc.integer({ min: 0, max: 12 }).chain((rows) => {
  const column = (text: fc.Arbitrary<string>): fc.Arbitrary<Cell[]> =>
    fc.array(fc.option(text, { freq: 6 }), {
      minLength: rows,
      maxLength: rows,
    });
  const alike = fc.array(anyText, { minLength: 1, maxLength: 2 }).chain((
    some,
  ) => column(fc.constantFrom(...some)));
  const numbers = fc.nat(3).chain((scale) =>
    column(
      fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((x) =>
        x.toFixed(scale)
      ),
    )
  );
  return fc.array(fc.oneof(alike, numbers, column(anyText)), {
    minLength: 1,
    maxLength: 4,
  });
});

Deno.test("what inference makes of a text is written back byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(anyTexts, async (columns) => {
      const table = batchOf(
        ...columns.map((cells, i) => [`c${i}`, types.utf8, cells] as const),
      );
      const text = await writeCsvText([table]);
      const { batches } = await readCsvText(text);
      assert.equal(
        await writeCsvText(batches),
        text,
        columnsOf(batches[0]).join(),
      );
    }),
    { numRuns: 1500 },
  );
});

/** Texts made of what matters. */
const anySoup = fc.oneof(
  fc.string({
    unit: fc.constantFrom(
      "a",
      ",",
      '"',
      "\n",
      "\r",
      "\r\n",
      '""',
      '","',
      "é",
      "1",
    ),
    maxLength: 40,
  }).map((text) => encoder.encode(text)),
  fc.uint8Array({ maxLength: 60 }),
);

/** What reading comes to: rows, or the code of the error. */
async function outcome(
  bytes: Uint8Array,
  config: Record<string, unknown>,
  chunkBytes: number,
): Promise<unknown> {
  try {
    const { batches, accounted } = await readCsvText(bytes, config, {
      chunkBytes,
    });
    return { columns: columnsOf(batches[0]), rows: rowsOf(batches), accounted };
  } catch (thrown) {
    assert.ok(thrown instanceof OsirisError, String(thrown));
    assert.match(thrown.code, /^data\//);
    return { code: thrown.code, details: thrown.details };
  }
}

Deno.test("any bytes are read or refused, the same in chunks of any size", async () => {
  const anyConfig = fc.record({
    header: fc.constantFrom(true, false, 1),
    skip_rows: fc.nat(2),
    skip_blank_lines: fc.boolean(),
    on_bad_lines: fc.constantFrom("error", "skip"),
    comment: fc.constantFrom("#", "a"),
    escape: fc.constantFrom("\\", "1"),
    quoting: fc.constantFrom("minimal", "none"),
    encoding: fc.constantFrom("utf-8", "latin-1", "utf-16"),
  }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(
      anySoup,
      anyConfig,
      fc.integer({ min: 1, max: 9 }),
      async (bytes, config, chunkBytes) => {
        const whole = await outcome(bytes, config, 1 << 20);
        assert.deepEqual(await outcome(bytes, config, chunkBytes), whole);
      },
    ),
    { numRuns: 1500 },
  );
});

Deno.test("csv_extractor agrees with another reader", async () => {
  const soup = fc.string({
    unit: fc.constantFrom(
      "a",
      "b",
      ",",
      '"',
      '"',
      '""',
      "\n",
      ',"',
      '",',
      '"\n',
    ),
    maxLength: 40,
  });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(soup, async (text) => {
      let expected: string[][];
      try {
        // Skips blank lines as we do, but takes a blank line of a single column for one as well.
        expected = csvParse(text, {
          relax_column_count: false,
          skip_empty_lines: true,
          record_delimiter: "\n",
        });
      } catch {
        return;
      }
      if (expected[0] === undefined || expected[0].length < 2) return;
      const { batches } = await readCsvText(text, {
        header: false,
        infer: "none",
      });
      const rows = rowsOf(batches as Batch[]).map((row) =>
        row.map((cell) => cell ?? "")
      );
      assert.deepEqual(rows, expected);
      compared++;
    }),
    { numRuns: 3000 },
  );
  assert.ok(compared > 100, `${compared}`);
});

Deno.test("another reader agrees with csv_writer", async () => {
  const cell = fc.option(
    fc.string({
      unit: fc.constantFrom("a", " ", '"', ",", "\n", "\r", "é", "'"),
    }),
  );
  const table = fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const batch = batchOf(
        ...[0, 1, 2].map((i) =>
          [`c${i}`, types.utf8, rows.map((row) => row[i])] as const
        ),
      );
      const seen: string[][] = csvParse(await writeCsvText([batch]), {
        record_delimiter: "\n",
      });
      assert.deepEqual(
        seen.slice(1),
        rows.map((row) => row.map((cell) => cell ?? "")),
      );
    }),
    { numRuns: 300 },
  );
});
