/**
 * The primary key of a table that is made.
 *
 * @module
 */
import { OsirisError } from "../../../src/error.ts";
import { didYouMean } from "../../../src/suggest.ts";
import type { Field } from "../../../src/table/type.ts";
import type { mapNames } from "./column_plan.ts";
import type { WriteRequest } from "./config.ts";

type Mapped = Pick<ReturnType<typeof mapNames>[number], "field" | "to">;

/** The columns of the key: those that the config names, else those of the source. */
export function primaryKey(
  mapped: readonly Mapped[],
  request: WriteRequest,
): string[] {
  if (request.keys.length > 0) {
    for (const key of request.keys) {
      if (mapped.some(({ to }) => to === key)) continue;
      throw new OsirisError(
        "data/missing-column",
        `Cannot write: upsert_keys: there will be no column "${key}"`,
        {
          hint: didYouMean(key, mapped.map(({ to }) => to)),
          details: { column: key },
        },
      );
    }
    return [...request.keys];
  }
  return mapped
    .filter(({ field }) => field.metadata?.["mysql.key"] === "primary")
    // The server takes a counter only at the beginning of a key.
    .sort((a, b) =>
      Number(counts(b.field)) - Number(counts(a.field)) ||
      keyPart(a.field) - keyPart(b.field)
    )
    .map(({ to }) => to);
}

function keyPart({ metadata }: Field): number {
  return Number(metadata?.["mysql.key_part"] ?? 0);
}

/** Whether the column numbered its rows in the source. */
export function counts({ metadata }: Field): boolean {
  return metadata?.["mysql.type"] !== undefined &&
    metadata["mysql.extra"] === "auto_increment";
}
