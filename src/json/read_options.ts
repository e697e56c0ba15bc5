/**
 * How a JSON file is to be read.
 *
 * @module
 */
import type { ReadOptions } from "../csv/read_options.ts";

/** How a JSON file is to be read; all as with CSV. */
export type ReadJsonOptions =
  & Pick<
    ReadOptions,
    | "compression"
    | "columns"
    | "types"
    | "dates"
    | "dateColumns"
    | "limit"
    | "batchRows"
  >
  & { readonly infer: "full" | "sample" };
