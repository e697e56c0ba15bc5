/**
 * What stands before and behind the driver under test: a source of given
 * batches and a sink that keeps them.
 *
 * @module
 */
import type { Driver, StepContext } from "../driver/driver.ts";
import type { DriverSpec } from "../driver/spec.ts";
import { type Batch, copyBatch } from "../table/batch.ts";

/** Batches of an input: given, or made while they are asked for. */
export type TestInput =
  | readonly Batch[]
  | ((context: StepContext) => AsyncIterable<Batch>);

function spec(mode: DriverSpec["mode"]): DriverSpec {
  return {
    name: `testing.${mode}`,
    version: "1.0.0",
    summary: "Stands in for another step.",
    mode,
    config: { type: "object", additionalProperties: false, properties: {} },
    inputs: mode === "extract" ? { min: 0, max: 0 } : { min: 1, max: 1 },
    output: mode === "extract",
    capabilities: { streaming: true },
  };
}

/** An extractor that gives copies of these batches. */
export function source(input: TestInput): Driver {
  return {
    spec: spec("extract"),
    async *run(_, context) {
      if (typeof input === "function") yield* input(context);
      else for (const batch of input) yield copyBatch(batch);
    },
  };
}

/**
 * A writer that keeps what it gets.
 *
 * @param batches Gets the batches.
 * @param onBatch Waited for after each batch.
 */
export function sink(
  batches: Batch[],
  onBatch: (context: StepContext) => Promise<void> | void = () => {},
): Driver {
  return {
    spec: spec("write"),
    async run(step, context) {
      let rowsWritten = 0;
      for await (const batch of step.inputs.df.batches()) {
        batches.push(batch);
        rowsWritten += batch.length;
        await onBatch(context);
      }
      return { rowsWritten };
    },
  };
}
