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
import type { Plan } from "./plan.ts";

/** Kinds in the order in which flags are written. */
export const KINDS: readonly PermissionKind[] = ["read", "write", "net", "env"];

/** What the main process needs for a plan and does not hold. */
export function missingPermissions(plan: Plan): PermissionItem[] {
  return KINDS.flatMap((kind) =>
    plan.host[kind].filter((item) => !isGranted(kind, item)).map((item) => ({
      kind,
      item,
    }))
  );
}

/**
 * Refuses a plan that this process can't run.
 *
 * @throws {OsirisError} `permission/missing` naming all that is missing
 */
export function requirePermissions(plan: Plan): void {
  const missing = missingPermissions(plan);
  if (missing.length === 0) return;
  const flags = KINDS.flatMap((kind) => {
    const items = missing.filter((item) => item.kind === kind).map(({ item }) =>
      item
    );
    return items.length === 0 ? [] : [missingFlag(kind, items.join(","))];
  });
  const [{ kind, item }] = missing;
  throw new OsirisError(
    "permission/missing",
    `Cannot run the plan: this process lacks ${kind} of ${item}${
      missing.length > 1 ? ` and ${missing.length - 1} more` : ""
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
