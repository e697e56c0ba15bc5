/**
 * Cases about what goes in and comes out.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Driver } from "../driver/driver.ts";
import type { ErrorCode } from "../error.ts";
import { OsirisError } from "../error.ts";
import { checkSpec } from "../modules/check_spec.ts";
import { checkSchema } from "../schema/check.ts";
import {
  type Batch,
  checkBatch,
  copyBatch,
  emptyBatch,
} from "../table/batch.ts";
import type { Case, Trial } from "./case.ts";
import {
  type DriverRun,
  type DriverTestOptions,
  runDriver,
} from "./run_driver.ts";
import { tableOf, type TestColumn } from "./tables.ts";
import { typeSamples } from "./type_samples.ts";
import { types } from "../table/type.ts";

/** Codes that say that the driver did not foresee what happened. */
const UNFORESEEN: readonly ErrorCode[] = [
  "step/failed",
  "internal/bug",
  "driver/crashed",
  "driver/exited",
  "driver/hung",
  "driver/flooded",
  "driver/protocol",
  "data/count-mismatch",
];

const always = (): null => null;

/** Runs the driver as its options say, changed by `more`. */
export function trialRun(
  { subject, options, builtin, spec }: Trial,
  more: Partial<DriverTestOptions> = {},
  backstage: Parameters<typeof runDriver>[2] = {},
): Promise<DriverRun> {
  const inputs = options.inputs ?? defaultInputs(spec.inputs.min);
  return runDriver(subject, { ...options, inputs, ...more }, {
    builtin,
    ...backstage,
  });
}

function defaultInputs(count: number): Record<string, readonly Batch[]> {
  const table = tableOf({
    id: [types.int64, [1n, 2n, 3n]],
    name: [types.utf8, ["one", null, "three"]],
  });
  return Object.fromEntries(
    Array.from(
      { length: count },
      (_, i) => [i === 0 ? "df" : `df_${i}`, [table]],
    ),
  );
}

/** The inputs of a trial, each with this table in the place of its own. */
export function inputsOf(
  { options, spec }: Trial,
  table: NonNullable<DriverTestOptions["inputs"]>[string],
): NonNullable<DriverTestOptions["inputs"]> {
  const names = Object.keys(options.inputs ?? defaultInputs(spec.inputs.min));
  return Object.fromEntries(names.map((name) => [name, table]));
}

/** Fails with the driver's own words when a run did not end well. */
export function assertEndedWell({ error, hasEnded }: DriverRun): void {
  if (error !== null) {
    assert.fail(`ended with ${error.code}: ${error.message}`);
  }
  assert.ok(hasEnded, "its thread goes on");
}

function assertTable(batches: readonly Batch[]): void {
  assert.ok(
    batches.length > 0,
    "gave no batch; an empty table is one batch of no rows",
  );
  for (const batch of batches) checkBatch(batch, batches[0].schema, true);
}

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

export const everyType: Case = {
  name: "takes every logical type, or refuses it by a code",
  waitsFor: ({ spec }) => spec.mode === "extract" ? "it takes no table" : null,
  async run(trial) {
    const samples = typeSamples();
    const all = trial.options.eachType === undefined
      ? await tryColumns(trial, samples, {})
      : false;
    if (all) return;
    for (const [name, column] of Object.entries(samples)) {
      const more = trial.options.eachType?.(column[0], name) ?? {};
      await trial.options.before?.();
      await tryColumns(trial, { [name]: column }, more);
    }
  },
};

/** Whether the columns were taken. @throws {AssertionError} when they were refused without a code that says why */
async function tryColumns(
  trial: Trial,
  columns: Record<string, TestColumn>,
  more: Partial<DriverTestOptions>,
): Promise<boolean> {
  const table = withColumns(trial, columns);
  const run = await trialRun(trial, {
    inputs: inputsOf(trial, [table]),
    ...more,
  });
  const names = Object.keys(columns).join(", ");
  if (run.error === null) {
    if (trial.spec.mode === "write") {
      assert.equal(run.rowsWritten, table.length, names);
    }
    if (trial.spec.output) assertTable(run.batches);
    return true;
  }
  const { code, message } = run.error;
  assert.ok(!UNFORESEEN.includes(code), `${names}: ${code}: ${message}`);
  assert.deepEqual(run.files, {}, `${names}: left a file though it failed`);
  return false;
}

/** The table of the trial with these columns beside its own, their values repeated. */
function withColumns(
  { options }: Trial,
  columns: Record<string, TestColumn>,
): Batch {
  const [given] = Object.values(options.inputs ?? {});
  const base = Array.isArray(given) && given[0].length > 0
    ? copyBatch(given[0])
    : tableOf({ id: [types.int32, [1, 2, 3]] });
  const { length } = base;
  const taken = new Set(base.schema.fields.map(({ name }) => name));
  const more = tableOf(Object.fromEntries(
    Object.entries(columns).map(([name, [type, values]]) => [
      taken.has(name) ? `${name}_sample` : name,
      [type, Array.from({ length }, (_, row) => values[row % values.length])],
    ]),
  ));
  return {
    schema: { fields: [...base.schema.fields, ...more.schema.fields] },
    length,
    columns: [...base.columns, ...more.columns],
  };
}

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

/** The driver itself, for cases that need it in the test's own thread. */
export async function inThisThread(
  { subject, builtin }: Trial,
): Promise<Driver> {
  if (typeof subject === "object" && "spec" in subject) {
    return subject as unknown as Driver;
  }
  const origin = builtin.get(String(subject))?.origin;
  const module = origin?.kind === "builtin"
    ? await origin.load()
    : await import(String(subject)) as { default: Driver };
  return module.default;
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
