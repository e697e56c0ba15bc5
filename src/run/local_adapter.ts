/**
 * The adapter that runs every step in a sandbox on this machine.
 *
 * @module
 */
import type { Plan } from "../plan/plan.ts";
import type { Adapter, Execution, PreparedRun, RunContext } from "./adapter.ts";
import { collectRun } from "./collect.ts";
import { executeRun } from "./execute.ts";
import { prepareRun } from "./prepare.ts";
import type { RunResult } from "./result.ts";

/** Runs every step in a sandbox on this machine. */
export class LocalAdapter implements Adapter {
  /** Makes the run's folder and reads what the run needs. @throws {OsirisError} as `Adapter.prepare` */
  prepare(plan: Plan, context: RunContext): Promise<PreparedRun> {
    return prepareRun(plan, context);
  }

  /** Runs the steps, each in its sandbox; what a step does wrong is in the result. */
  execute(prepared: PreparedRun, context: RunContext): Promise<Execution> {
    return executeRun(prepared, context);
  }

  /** Writes status and index, and says what the run came to. */
  collect(prepared: PreparedRun, execution: Execution): RunResult {
    return collectRun(prepared, execution);
  }
}
