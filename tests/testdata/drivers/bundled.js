// A driver as a bundler leaves it: one file without imports.
const int32 = { kind: "int", bits: 32, signed: true };
export default {
  spec: {
    name: "test.bundled",
    version: "2.0.0",
    summary: "Gives two rows.",
    mode: "extract",
    config: { type: "object", additionalProperties: false, properties: {} },
    inputs: { min: 0, max: 0 },
    output: true,
  },
  async *run() {
    yield {
      schema: { fields: [{ name: "n", type: int32, nullable: false }] },
      length: 2,
      columns: [{
        type: int32,
        length: 2,
        nullCount: 0,
        validity: null,
        data: new Int32Array([1, 2]),
        offsets: null,
      }],
    };
  },
};
