/**
 * Cases about what goes in and comes out.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Driver } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { checkSpec } from "../modules/check_spec.ts";
import { checkSchema } from "../schema/check.ts";
import { type Batch, emptyBatch } from "../table/batch.ts";
import type { Case } from "./case.ts";
import {
  assertEndedWell,
  assertTable,
  defaultInputs,
  inputsOf,
  inThisThread,
  trialRun,
} from "./trial.ts";

const always = (): null => null;

export const describes: Case = {
  name: "describes itself completely",
  waitsFor: always,
  // deno-lint-ignore require-await -- cases are asynchronous
  async run({ spec, options }) {
    checkSpec(structuredClone(spec), spec.name);
    const properties = Object.entries(spec.config.properties ?? {});
    for (const [key, schema] of properties) {
      const { description } = schema as { description?: unknown };
      assert.equal(
        typeof description,
        "string",
        `config.${key} has no description`,
      );
    }
    const { faults } = checkSchema(spec.config, options.config ?? {}, "config");
    assert.deepEqual(faults, []);
  },
};

export const endsWell: Case = {
  name: "opens, does its work and closes",
  waitsFor: always,
  async run(trial) {
    const run = await trialRun(trial);
    assertEndedWell(run);
    if (trial.spec.output) assertTable(run.batches);
    else assert.ok(Number.isSafeInteger(run.rowsWritten));
  },
};

export const emptyTable: Case = {
  name: "knows tables without rows",
  waitsFor: ({ spec, options }) =>
    spec.mode === "extract" && options.empty === undefined
      ? "give `empty`"
      : null,
  async run(trial) {
    const schema =
      typeof Object.values(trial.options.inputs ?? {})[0] === "object"
        ? (Object.values(trial.options.inputs!)[0] as readonly Batch[])[0]
          .schema
        : defaultInputs(1).df[0].schema;
    const run = await trialRun(trial, {
      inputs: inputsOf(trial, [emptyBatch(schema)]),
      ...trial.options.empty,
    });
    assertEndedWell(run);
    if (trial.spec.mode === "write") assert.equal(run.rowsWritten, 0);
    if (!trial.spec.output) return;
    assertTable(run.batches);
    if (trial.spec.mode !== "extract") return;
    const rows = run.batches.reduce((sum, { length }) => sum + length, 0);
    assert.equal(rows, 0);
  },
};

export const brokenInput: Case = {
  name: "fails with its input, and leaves nothing",
  waitsFor: ({ spec }) => spec.mode === "extract" ? "it takes no table" : null,
  async run(trial) {
    const [given] = Object.values(trial.options.inputs ?? defaultInputs(1));
    const [batch] = typeof given === "function" ? defaultInputs(1).df : given;
    const columns = batch.columns.map((column) => structuredClone(column));
    // In this thread, to see whether it takes what came for the whole table.
    let hasEndedWell = false;
    const subject = watched(
      await inThisThread(trial),
      () => hasEndedWell = true,
    );
    const run = await trialRun({ ...trial, subject }, {
      inputs: inputsOf(trial, async function* () {
        yield { ...batch, columns: structuredClone(columns) };
        await Promise.resolve();
        throw new OsirisError("data/ragged", "Cannot read row: too short");
      }),
    });
    assert.equal(run.error?.code, "data/ragged", run.error?.message);
    assert.ok(!hasEndedWell, "ended as if its input had been whole");
    assert.deepEqual(run.files, {}, "left a file though its input broke off");
  },
};

/**
 * The same driver, telling when it has ended well. It gets its table while that
 * is made, whether it would in a run or not: else it would not even start.
 */
function watched(driver: Driver, onEnd: () => void): Driver {
  const { spec } = driver;
  return {
    spec: { ...spec, capabilities: { ...spec.capabilities, streaming: true } },
    run(step, context) {
      const work = driver.run(step, context);
      if (!(Symbol.asyncIterator in work)) {
        return work.then((report) => {
          onEnd();
          return report;
        });
      }
      return (async function* () {
        yield* work;
        onEnd();
      })();
    },
  };
}

export const failsWithCode: Case = {
  name: "fails with a code and a message",
  waitsFor: ({ options }) =>
    options.failing === undefined ? "give `failing`" : null,
  async run(trial) {
    const { code, ...more } = trial.options.failing!;
    const { error, hasEnded } = await trialRun(trial, more);
    assert.equal(error?.code, code, error?.message);
    assert.match(error!.message, /^Cannot .+/);
    assert.doesNotMatch(error!.message, /[\p{Cc}\u2028\u2029]/u);
    assert.ok(hasEnded, "its thread goes on");
  },
};
