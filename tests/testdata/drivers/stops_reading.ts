// Reads one batch and claims success.
import type { Driver, StepInput } from "../../../driver.ts";

export default {
  spec: { name: "stops_reading" },
  async run({ inputs }: StepInput) {
    for await (const batch of inputs.df.batches()) {
      return { rowsWritten: batch.length };
    }
    return { rowsWritten: 0 };
  },
} as unknown as Driver;
