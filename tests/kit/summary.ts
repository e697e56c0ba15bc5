/**
 * Reads how many tests passed and failed from what `deno test` prints.
 *
 * Why not its JUnit report: that one leaves out files that fail while they
 * load, and counts the steps of a test as tests of their own.
 *
 * @module
 */

/** The counts of one run. */
export interface TestCounts {
  /** Tests that passed; steps are not counted. */
  readonly passed: number;
  /** Tests that failed, and files that failed while they loaded; at least 1 if the run failed for any other reason. */
  readonly failed: number;
}

// deno-lint-ignore no-control-regex
const COLOUR_REGEXP = /\x1b\[[0-9;]*m/g;
const SUMMARY_REGEXP = /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/gm;

/** Reads the last summary line of `output`; `code` is the exit code of the run. */
export function readCounts(output: string, code: number): TestCounts {
  const summary = [
    ...output.replaceAll(COLOUR_REGEXP, "").matchAll(SUMMARY_REGEXP),
  ].at(-1);
  const passed = Number(summary?.[1] ?? 0);
  const failed = Number(summary?.[2] ?? 0);
  // No summary: a type error, a file that isn't there, a crash of the runner.
  const hasOtherFailure = failed === 0 && (code !== 0 || summary === undefined);
  return { passed, failed: hasOtherFailure ? 1 : failed };
}
