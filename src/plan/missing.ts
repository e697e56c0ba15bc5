/**
 * Compares what a plan needs with what this process holds.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import {
  isGranted,
  missingFlag,
  type PermissionItem,
  type PermissionKind,
} from "../permission.ts";
import type { HostNeeds, Plan } from "./plan.ts";

/** Kinds in the order in which flags are written. */
export const KINDS: readonly PermissionKind[] = [
  "read",
  "write",
  "net",
  "env",
  "run",
];

/** What the main process needs for a plan and does not hold. */
export function missingPermissions(plan: Plan): PermissionItem[] {
  return missingOf(plan.host);
}

/**
 * Refuses a plan that this process can't run.
 *
 * @throws {OsirisError} `permission/missing` naming all that is missing
 */
export function requirePermissions(plan: Plan): void {
  requireHeld(plan.host, "run the plan");
}

/**
 * Refuses what this process has too few permissions for.
 *
 * @param action Of the message: `run the plan`.
 * @throws {OsirisError} `permission/missing` naming all that is missing
 */
export function requireHeld(needs: HostNeeds, action: string): void {
  const missing = missingOf(needs);
  if (missing.length === 0) return;
  const flags = KINDS.flatMap((kind) => {
    const items = missing.filter((one) => one.kind === kind)
      .map(({ item }) => item);
    return items.length === 0 ? [] : [missingFlag(kind, items.join(","))];
  });
  const [{ kind, item }] = missing;
  const others = missing.length - 1;
  throw new OsirisError(
    "permission/missing",
    `Cannot ${action}: this process lacks ${kind} of ${item}${
      others > 0 ? ` and ${others} more` : ""
    }`,
    {
      hint: `Add ${flags.join(" ")}`,
      faults: missing.map((one) => ({
        path: one.kind,
        message: one.item,
        hint: missingFlag(one.kind, one.item),
      })),
    },
  );
}

function missingOf(needs: HostNeeds): PermissionItem[] {
  return KINDS.flatMap((kind) =>
    needs[kind].filter((item) => !isGranted(kind, item))
      .map((item) => ({ kind, item }))
  );
}
