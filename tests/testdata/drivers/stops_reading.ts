// Reads one batch and claims success.
import type { Driver } from "../../../driver.ts";

export default {
  spec: { name: "stops_reading" },
  async run({ inputs }) {
    for await (const batch of inputs.df.batches()) {
      return { rowsWritten: batch.length };
    }
    return { rowsWritten: 0 };
  },
} as Partial<Driver> as Driver;
