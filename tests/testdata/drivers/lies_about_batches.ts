// Gives batches whose shape is not what they say.
// deno-lint-ignore-file no-explicit-any
import { types } from "../../../driver.ts";

const schema = {
  fields: [
    { name: "n", type: types.int32, nullable: false },
    { name: "s", type: types.utf8, nullable: true },
  ],
};

function batch(length = 2): Record<string, any> {
  return {
    schema,
    length,
    columns: [
      { type: types.int32, length, nullCount: 0, validity: null, data: new Int32Array(length), offsets: null },
      { type: types.utf8, length, nullCount: 0, validity: null, data: new Uint8Array(length), offsets: new Int32Array(length + 1) },
    ],
  };
}

const LIES: Record<string, () => unknown> = {
  length: () => ({ ...batch(), length: 5 }),
  huge: () => ({ ...batch(), length: 2 ** 31 - 1 }),
  negative: () => ({ ...batch(), length: -1 }),
  columns: () => ({ ...batch(), columns: [batch().columns[0]] }),
  data: () => {
    const one = batch();
    one.columns[0].data = new Float64Array(2);
    return one;
  },
  short: () => {
    const one = batch();
    one.columns[0].data = new Int32Array(1);
    return one;
  },
  offsets: () => {
    const one = batch();
    one.columns[1].offsets = Int32Array.of(0, 1, 99);
    return one;
  },
  descending: () => {
    const one = batch();
    one.columns[1].offsets = Int32Array.of(0, 2, 1);
    return one;
  },
  minus: () => {
    const one = batch();
    one.columns[1].offsets = Int32Array.of(-4, 0, 1);
    return one;
  },
  nulls: () => {
    const one = batch();
    one.columns[0].nullCount = 1;
    return one;
  },
  schema: () => ({ ...batch(), schema: { fields: "all" } }),
  type: () => ({ ...batch(), schema: { fields: [{ name: "n", type: { kind: "soup" } }] } }),
  shared: () => {
    const one = batch();
    one.columns[0].data = new Int32Array(new SharedArrayBuffer(8));
    return one;
  },
  resizable: () => {
    const one = batch();
    one.columns[0].data = new Int32Array(new ArrayBuffer(8, { maxByteLength: 16 }));
    return one;
  },
  nothing: () => null,
  text: () => "a batch, honestly",
};

export default {
  spec: { name: "lies_about_batches" },
  async *run({ config }: { config: { lie: string; first?: boolean } }) {
    if (!config.first) yield batch();
    if (config.lie === "changed") {
      const fields = [schema.fields[0], { ...schema.fields[1], name: "t" }];
      yield { ...batch(), schema: { fields } };
    } else if (config.lie !== "none") yield LIES[config.lie]();
  },
};
