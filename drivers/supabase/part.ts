/**
 * What a load through the API leaves behind when it fails half way.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { derive } from "./derive_error.ts";
import type { Portion } from "./row_feed.ts";
import type { WritePlan } from "./write_plan.ts";

/** What is written so far. */
export interface Part {
  /** Rows that are in the table for sure. */
  readonly certain: number;
  /** Rows that may be there: their answer had not come. */
  readonly pending: Portion | null;
}

/** Says what stays, and gives the error with it. */
export function tellOfPart(
  thrown: unknown,
  part: Part,
  { plan, context }: {
    readonly plan: WritePlan;
    readonly context: StepContext;
  },
): unknown {
  const { certain, pending } = part;
  const isOnce = plan.mode === "append";
  // Why the step was stopped is not this step's to say.
  const isOwn = thrown instanceof OsirisError &&
    thrown !== context.signal.reason;
  if (certain === 0 && pending === null) {
    return isOwn && isOnce
      ? derive(thrown, { details: { committed: 0 } })
      : thrown;
  }
  const { table } = plan.target;
  const rows = {
    "rows_certain": certain,
    "rows_uncertain": pending?.rows ?? 0,
  };
  const state = sentence(table, part);
  context.emit("partial_write", {
    table,
    mode: plan.mode,
    ...rows,
    ...(pending && { "first_uncertain": pending.first }),
  });
  context.log("warn", state);
  if (!isOwn) return thrown;
  // An error that counts the rows itself has said so already.
  const isTold = thrown.details?.rows_certain !== undefined;
  return derive(thrown, {
    addition: isTold ? "" : `; ${state}`,
    details: {
      ...(!isTold && rows),
      // Done again, an append would double them.
      ...(isOnce && certain > 0 &&
        { committed: pending === null ? certain : null }),
    },
  });
}

function sentence(table: string, { certain, pending }: Part): string {
  const sure = `"${table}" keeps ${certain} rows of this load`;
  if (pending === null) return sure;
  const last = pending.first + pending.rows - 1;
  return `${sure}, and rows ${pending.first} to ${last} may be there as well`;
}
