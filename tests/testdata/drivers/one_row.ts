// A driver in one file that gives one row.
import { columnBuilder, defineDriver, types } from "../../../driver.ts";

export default defineDriver({
  spec: {
    name: "test.one_row",
    version: "1.2.3",
    summary: "Gives one row.",
    mode: "extract",
    config: { type: "object", additionalProperties: false, properties: {} },
    inputs: { min: 0, max: 0 },
    output: true,
  },
  async *run() {
    const builder = columnBuilder(types.int32);
    builder.appendValue(1);
    yield {
      schema: { fields: [{ name: "one", type: types.int32, nullable: false }] },
      length: 1,
      columns: [builder.finish()],
    };
  },
});
