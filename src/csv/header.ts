/**
 * The row of names of a CSV text.
 *
 * @module
 */
import { columnBuilder } from "../table/builder.ts";
import { types } from "../table/type.ts";
import { cellsOf } from "./cells.ts";
import { type RowLayout, TextWriter } from "./text_writer.ts";
import type { TextOptions } from "./write_options.ts";

/** The layout of a CSV text with these fields, each with its place in the batch. */
export function csvLayout(
  fields:
    readonly (Parameters<typeof cellsOf>[0] & { readonly index: number })[],
  options: TextOptions,
): RowLayout {
  return {
    format: "CSV",
    cells: fields.map((field) => ({
      index: field.index,
      name: field.name,
      cells: cellsOf(field, options),
    })),
    separator: options.delimiter,
    end: options.newline,
  };
}

/** The row of names: text, quoted as text is. */
export function headerText(
  names: readonly string[],
  options: TextOptions,
): Uint8Array {
  const fields = names.map((name, index) => ({
    name,
    index,
    type: types.utf8,
    nullable: false,
  }));
  const columns = names.map((name) => {
    const builder = columnBuilder(types.utf8, 1);
    builder.appendValue(name);
    return builder.finish();
  });
  const writer = new TextWriter(csvLayout(fields, options));
  writer.bind({ schema: { fields }, length: 1, columns });
  writer.rows(0, 1);
  return writer.take();
}
