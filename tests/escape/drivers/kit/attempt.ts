/**
 * A driver that tries one thing it should not be able to, and shows what it got.
 *
 * @module
 */
import {
  columnBuilder,
  defineDriver,
  type Driver,
  type StepContext,
  type StepInput,
  types,
} from "../../../../driver.ts";

/** What there is to get. */
export interface Bait {
  /** A file with the canary, which no step is granted. */
  readonly secret: string;
  /** A folder that a step may be granted; beside it lies the secret. */
  readonly folder: string;
  /** A file that should never come to be. */
  readonly proof: string;
  /** A server on loopback that notes who calls. */
  readonly host: string;
  readonly port: number;
  /** A variable with the canary. */
  readonly variable: string;
  /** The canary backwards: whoever looks for it must not hold it. */
  readonly mark: string;
}

/** What an attempt gives back that ran to its end and got nothing. */
export const NOTHING = "nothing";

/** The global scope with what is not in its types. */
// deno-lint-ignore no-explicit-any
export const hidden: any = globalThis;

/** Makes the driver; what `act` gives back becomes its table. */
export function attempt(
  act: (bait: Bait, context: StepContext, step: StepInput) => unknown,
): Driver {
  const driver = defineDriver<{ bait: Bait }>({
    spec: {
      name: "escape.attempt",
      version: "1.0.0",
      summary: "Tries to escape.",
      mode: "extract",
      config: {
        type: "object",
        additionalProperties: false,
        properties: { bait: { type: "object", description: "Bait." } },
      },
      inputs: { min: 0, max: 0 },
      output: true,
    },
    async *run(step, context) {
      const loot = await act(step.config.bait, context, step);
      const builder = columnBuilder(types.utf8);
      builder.appendValue(String(loot));
      yield {
        schema: {
          fields: [{ name: "loot", type: types.utf8, nullable: true }],
        },
        length: 1,
        columns: [builder.finish()],
      };
    },
  });
  return driver as unknown as Driver;
}
