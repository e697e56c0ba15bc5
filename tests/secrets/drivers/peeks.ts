// Gives all that it was given, to show that none of it is another step's.
import { columnBuilder, defineDriver, types } from "../../../driver.ts";

export default defineDriver({
  spec: {
    name: "peeking.extractor",
    version: "1.0.0",
    summary: "Gives all that it was given.",
    mode: "extract",
    config: { type: "object", additionalProperties: false, properties: {} },
    inputs: { min: 0, max: 0 },
    output: true,
  },
  async *run({ config, connection, values }, { state, step }) {
    const builder = columnBuilder(types.utf8);
    builder.appendValue(
      JSON.stringify([config, connection, values, state, step]),
    );
    yield {
      schema: { fields: [{ name: "seen", type: types.utf8, nullable: true }] },
      length: 1,
      columns: [builder.finish()],
    };
  },
});
