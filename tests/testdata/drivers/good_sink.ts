// Reads all, slowly if told to, and reports the rows.
import type { Driver } from "../../../driver.ts";

export default {
  spec: { name: "good_sink" },
  async run({ inputs, config }, context) {
    let rowsWritten = 0;
    for await (const batch of inputs.df.batches()) {
      rowsWritten += batch.length;
      const { delay_ms } = config as { delay_ms?: number };
      if (delay_ms) await new Promise((go) => setTimeout(go, delay_ms));
      context.progress(rowsWritten);
    }
    return { rowsWritten };
  },
} as Driver;
