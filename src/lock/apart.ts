/**
 * Keeps what a driver of others may write apart from what decides over runs:
 * who can change the manifest, its lock or a connection grants himself what he
 * likes the next time.
 *
 * @module
 */
import { dirname, join, sep } from "node:path";
import { CONNECTIONS_FILE } from "../connection/connections_file.ts";
import { childPath } from "../describe.ts";
import { FaultList } from "../fault_list.ts";
import { DRIVERS_FILE } from "../modules/drivers_file.ts";
import { RUN_LOGS, STATE_FOLDER } from "../plan/host_needs.ts";
import type { Plan } from "../plan/plan.ts";
import { lookAtPath } from "../plan/real_path.ts";
import { LOCK_FILE } from "./lock_file.ts";

/** Names that are looked for in a folder, there or not. */
const NAMES = [
  LOCK_FILE,
  CONNECTIONS_FILE,
  DRIVERS_FILE,
  ".env",
  "deno.json",
  "deno.jsonc",
];

/**
 * Refuses a plan in which the sandbox of a driver that is not built in may
 * write what decides over this run or the next.
 *
 * @param named Other files that were named for this run. Absolute.
 * @throws {OsirisError} `permission/not-granted`
 */
export function requireApart(plan: Plan, named: readonly string[] = []): void {
  const faults = new FaultList();
  const ruling = rulingPaths(plan, named);
  for (const { step, driver, permissions } of plan.steps) {
    if (driver.origin.kind !== "module") continue;
    const path = childPath("steps", plan.manifest.steps.indexOf(step));
    for (const item of permissions.write) {
      const held = ruling.find((one) => isWithin(one, item));
      if (held === undefined) continue;
      faults.add(
        "permission/not-granted",
        `${path}.permissions.write`,
        `${item} holds ${held}, which decides what runs may do`,
        "Grant a folder that holds data alone",
      );
    }
  }
  faults.throwIfAny("permission/not-granted", "run the plan");
}

function rulingPaths(
  { manifest, steps, cwd }: Plan,
  named: readonly string[],
): string[] {
  const folders = new Set([cwd, ...manifest.files.map(dirname)]);
  const modules = steps.flatMap(({ driver: { origin } }) =>
    origin.kind === "module"
      ? [...origin.files ?? [], ...origin.declaredIn ? [origin.declaredIn] : []]
      : []
  );
  const paths = [
    ...manifest.files,
    ...[...folders].flatMap((folder) =>
      NAMES.map((name) => join(folder, name))
    ),
    ...modules,
    join(cwd, STATE_FOLDER),
    join(cwd, RUN_LOGS),
    ...named,
  ];
  return [...new Set(paths.map((path) => lookAtPath(path).real))];
}

function isWithin(path: string, place: string): boolean {
  return path === place ||
    path.startsWith(place.endsWith(sep) ? place : place + sep);
}
