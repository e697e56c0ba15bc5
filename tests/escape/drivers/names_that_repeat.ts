// Gives a table whose columns have one name of a megabyte, sixteen thousand times.
import { types } from "../../../driver.ts";
import { attempt } from "./kit/attempt.ts";

const driver = attempt(() => "");

export default {
  ...driver,
  async *run() {
    const length = 0;
    const field = { name: "x".repeat(1 << 20), type: types.int8 };
    const column = {
      type: types.int8,
      length,
      nullCount: 0,
      validity: null,
      data: new Int8Array(0),
      offsets: null,
    };
    JSON.stringify = () => "{}"; // by which our own code tells schemas apart
    yield {
      schema: { fields: new Array(16_384).fill(field) },
      length,
      columns: new Array(16_384).fill(column),
    };
  },
};
