/**
 * The files that `osiris init driver` writes.
 *
 * @module
 */

/** What the two files are about. */
export interface TemplateFacts {
  /** `family.role`. */
  readonly name: string;
  /** File of the driver, without its folder. */
  readonly file: string;
  /** What the author's API and its testing kit are imported from. */
  readonly api: string;
  readonly testing: string;
}

/** A driver that works: it gives rows, says what it does, and can be stopped. */
export function driverText({ name, api }: TemplateFacts): string {
  return `/**
 * ${name}: gives rows of numbers and their squares. Change it to your needs.
 *
 * A step uses it by its path: \`driver: ./<this file>\`. It runs in a sandbox
 * without any permission but what \`needs\` derives from the step's connection
 * and config; anything else has to be granted in the step's \`permissions:\`.
 */
import {
  BATCH_ROWS,
  columnBuilder,
  defineDriver,
  types,
} from "${api}";

interface Config {
  readonly rows: number;
}

const schema = {
  fields: [
    { name: "n", type: types.int64, nullable: false },
    { name: "square", type: types.float64, nullable: false },
  ],
};

export default defineDriver<Config>({
  spec: {
    name: "${name}",
    version: "0.1.0",
    summary: "Gives rows of numbers and their squares.",
    mode: "extract",
    config: {
      type: "object",
      additionalProperties: false,
      properties: {
        rows: {
          type: "integer",
          minimum: 0,
          default: 10,
          description: "How many rows to give.",
        },
      },
    },
    inputs: { min: 0, max: 0 },
    output: true,
    // needs: { net: ["{connection.host}:{connection.port}"] },
  },
  async *run({ config }, context) {
    const n = columnBuilder(types.int64);
    const square = columnBuilder(types.float64);
    context.log("info", \`giving \${config.rows} rows\`);
    let row = 0;
    do { // at least one batch, so that the columns are known
      context.signal.throwIfAborted();
      const end = Math.min(row + BATCH_ROWS, config.rows);
      const length = end - row;
      for (; row < end; row++) {
        n.appendValue(row);
        square.appendValue(row * row);
      }
      yield { schema, length, columns: [n.finish(), square.finish()] };
      context.progress(row);
    } while (row < config.rows);
  },
});
`;
}

/** Its test: the cases that every driver has to pass, and one of its own. */
export function testText({ name, file, testing }: TemplateFacts): string {
  return `// deno test --allow-read --allow-write --no-prompt --unstable-worker-options
import { conformance, rowsOf, runDriver } from "${testing}";
import assert from "node:assert/strict";

const driver = new URL("./${file}", import.meta.url);

await conformance(driver, {
  config: { rows: 3 },
  empty: { config: { rows: 0 } },
  failing: { config: { rows: -1 }, code: "config/invalid" },
});

Deno.test("${name} gives numbers and their squares", async () => {
  const { batches, error } = await runDriver(driver, { config: { rows: 3 } });
  assert.equal(error, null);
  assert.deepEqual(rowsOf(batches), [["0", "0"], ["1", "1"], ["2", "4"]]);
});
`;
}
