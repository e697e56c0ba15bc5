// Gives `batches` batches of `rows` rows.
import { type Batch, type Driver, types } from "../../../driver.ts";

export default {
  spec: { name: "good_source" },
  async *run({ config }: { config: { batches?: number; rows?: number } }) {
    const { batches = 2, rows = 3 } = config;
    for (let i = 0; i < batches; i++) yield numbers(rows);
  },
} as unknown as Driver;

function numbers(rows: number): Batch {
  const column = {
    type: types.int32,
    length: rows,
    nullCount: 0,
    validity: null,
    data: new Int32Array(rows).map((_, i) => i),
    offsets: null,
  };
  return {
    schema: { fields: [{ name: "n", type: types.int32, nullable: false }] },
    length: rows,
    columns: [column],
  };
}
