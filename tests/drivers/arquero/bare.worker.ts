/** Runs a transform where nothing at all is permitted. */
import { types } from "../../../src/table/type.ts";
import { batchOf } from "../../kit/table.ts";
import { transform } from "./run.ts";

declare const self: { postMessage(message: unknown): void };

const batch = batchOf(
  ["country", types.utf8, ["CZ", "DE", "CZ"]],
  ["amount", types.int64, [1n, 2n, 3n]],
);
try {
  const { table } = await transform(batch, [
    { filter: "d.amount > 0 && op.match(d.country, /^[A-Z]+$/) !== null" },
    { groupby: "country" },
    { rollup: { total: "op.sum(d.amount)" } },
    { orderby: [{ desc: "total" }] },
  ]);
  self.postMessage(table);
} catch (error) {
  self.postMessage(`${error}`);
}
