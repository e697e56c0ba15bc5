/**
 * Accounts for every row: what one step sent is what the next one got, and what
 * a writer got is what it wrote or said why not.
 *
 * @module
 */
import type { StepReport } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { SessionResult } from "../host/session.ts";
import type { PlannedStep } from "../plan/plan.ts";

/** Where the rows of tables that don't flow inside the unit are known. */
export interface KnownRows {
  /** Rows that a step's table has; undefined when not known. */
  rowsOf(step: string): number | undefined;
}

/**
 * Checks the rows of every edge of a unit and of every writer in it.
 *
 * @throws {OsirisError} `data/count-mismatch` naming the step and both counts.
 */
export function reconcile(
  steps: readonly PlannedStep[],
  results: readonly SessionResult[],
  known: KnownRows,
): void {
  const sent = new Map(
    steps.map(({ id }, index) => [id, results[index].counts.rowsOut]),
  );
  steps.forEach((step, index) => {
    const result = results[index];
    let rowsIn = 0;
    for (const [name, producer] of Object.entries(step.inputs)) {
      const { rows, isComplete } = result.counts.inputs[name];
      rowsIn += rows;
      const expected = sent.get(producer) ?? known.rowsOf(producer);
      if (!isComplete || (expected !== undefined && expected !== rows)) {
        throw mismatch(
          step.id,
          `it read ${rows} rows of "${producer}", which has ${
            expected ?? "more"
          }`,
        );
      }
    }
    checkRejects(step, result);
    if (step.driver.spec.mode === "write") {
      checkWriter(step.id, rowsIn, result);
    }
  });
}

/** A sandbox counts its own bad rows; here its word is checked. */
function checkRejects({ id, step }: PlannedStep, result: SessionResult): void {
  const { rejected = 0 } = result.accounted;
  const atMost = step.rejects === null ? Infinity : step.maxRejects ?? Infinity;
  if (rejected <= atMost) return;
  throw new OsirisError(
    "data/rejected",
    `Cannot complete step "${id}": ${rejected} rows were rejected, at most ${atMost} may be`,
    { step: id, hint: "Raise max_rejects, or mend the rows" },
  );
}

function checkWriter(id: string, rowsIn: number, result: SessionResult): void {
  const { rowsWritten } = (result.result ?? {}) as Partial<StepReport>;
  if (!Number.isSafeInteger(rowsWritten)) {
    throw new OsirisError(
      "driver/protocol",
      `Cannot complete step "${id}": its driver did not report the rows it wrote`,
      { step: id },
    );
  }
  const explained = Object.values(result.accounted)
    .reduce((sum, rows) => sum + rows, 0);
  if (rowsWritten! + explained !== rowsIn) {
    throw mismatch(
      id,
      `${rowsIn} rows came in, ${rowsWritten} were written and ${explained} accounted for`,
    );
  }
}

function mismatch(step: string, state: string): OsirisError {
  return new OsirisError(
    "data/count-mismatch",
    `Cannot complete step "${step}": ${state}`,
    { step },
  );
}
