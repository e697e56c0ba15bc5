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
  /** @inheritdoc */
  prepare(plan: Plan, context: RunContext): PreparedRun {
    return prepareRun(plan, context);
  }

  /** @inheritdoc */
  execute(prepared: PreparedRun, context: RunContext): Promise<Execution> {
    return executeRun(prepared, context);
  }

  /** @inheritdoc */
  collect(prepared: PreparedRun, execution: Execution): RunResult {
    return collectRun(prepared, execution);
  }
}
