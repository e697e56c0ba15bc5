// Gives one batch, then its thread ends (or it throws) while its consumer waits.
import { type Driver, types } from "../../../driver.ts";

export default {
  spec: { name: "dies_mid_table" },
  async *run({ config }: { config: { by: string } }) {
    const data = Int32Array.of(1, 2);
    yield {
      schema: { fields: [{ name: "n", type: types.int32, nullable: false }] },
      length: 2,
      columns: [{ type: types.int32, length: 2, nullCount: 0, validity: null, data, offsets: null }],
    };
    await new Promise((go) => setTimeout(go, 50));
    if (config.by === "throw") throw new Error("half way");
    if (config.by === "uncaught") setTimeout(() => { throw new Error("half way"); });
    if (config.by === "close") (self as unknown as { close(): void }).close();
    await new Promise(() => {});
  },
} as unknown as Driver;
