/**
 * What a load over the direct channel works with, and how its rows are counted.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import type { DirectSession } from "./direct.ts";
import type { DirectLogin } from "./options.ts";
import type { RowFeed } from "./row_feed.ts";
import type { WritePlan } from "./write_plan.ts";

/** What a direct load works with. */
export interface DirectWrite {
  readonly session: DirectSession;
  readonly login: DirectLogin;
  readonly plan: WritePlan;
  /** Whether the table has to be made first, in the same transaction. */
  readonly isNew: boolean;
  readonly feed: RowFeed;
  readonly context: StepContext;
}

/** @throws {OsirisError} `data/count-mismatch` */
export function checkCount(table: string, sent: number, there: number): void {
  if (sent === there) return;
  throw new OsirisError(
    "data/count-mismatch",
    `Cannot write to table "${table}": ${sent} rows were sent, ${there} are there`,
    {
      hint: "Look for triggers and rules on the table that drop rows",
      details: { sent, there },
    },
  );
}
