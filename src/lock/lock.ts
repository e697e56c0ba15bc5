/**
 * What a lock holds fast: which code each step runs, and what it may touch.
 *
 * Paths below the working directory are written relative to it, so that a lock
 * that was made in one checkout holds in another.
 *
 * @module
 */
import { isAbsolute, relative, sep } from "node:path";
import { quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import type { Isolation } from "../manifest/manifest.ts";
import { isExactPackage } from "../modules/place.ts";
import { isolationOf } from "../plan/isolation.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";

/** A step as it was locked. */
export interface LockedStep {
  /** As the manifest names it, without a pin; what a name of `osiris.drivers.yaml` stands for. */
  readonly driver: string;
  /** What the driver calls itself. */
  readonly name: string;
  /** Version that the driver gives itself. */
  readonly version: string;
  /** SHA-256 of a module's code; null for built-in drivers and packages, which go by their version. */
  readonly sha256: string | null;
  /** Whether the step runs in a sandbox: `inline` does not. */
  readonly isolation: string;
  /** `@family.alias`. */
  readonly connection: string | null;
  /** What its sandbox may do. */
  readonly net: readonly string[];
  /** Paths that its sandbox may read; relative when below the working directory. */
  readonly read: readonly string[];
  /** Paths that its sandbox may write; relative when below the working directory. */
  readonly write: readonly string[];
  /** `host:port` entries from which its driver may be loaded. */
  readonly import: readonly string[];
  /** Files that the main process opens for it. */
  readonly opens: readonly string[];
  /** Files that the main process puts in place for it. */
  readonly fills: readonly string[];
}

/** A manifest as it was locked. */
export interface LockedManifest {
  /** SHA-256 of the manifest and its configs. */
  readonly hash: string;
  /** What was locked, by id of the step. */
  readonly steps: Readonly<Record<string, LockedStep>>;
}

/** What there is to lock in a plan. @throws {OsirisError} `driver/unpinned` */
export function lockOf(plan: Plan): LockedManifest {
  const { manifest, steps, cwd } = plan;
  return {
    hash: manifest.hash,
    steps: Object.fromEntries(
      steps.map((step) => [step.id, lockStep(step, manifest.isolation, cwd)]),
    ),
  };
}

function lockStep(
  planned: PlannedStep,
  standard: Isolation,
  cwd: string,
): LockedStep {
  const { step, driver: { spec, origin }, connection, permissions } = planned;
  const shown = (paths: readonly string[]): string[] =>
    paths.map((path) => shownPath(path, cwd)).sort();
  return {
    driver: codeOf(planned),
    name: spec.name,
    version: spec.version,
    sha256: origin.kind === "module" ? origin.sha256 ?? null : null,
    isolation: isolationOf(planned, standard),
    connection: connection && `@${connection.family}.${connection.alias}`,
    net: [...permissions.net].sort(),
    read: shown(permissions.read),
    write: shown(permissions.write),
    import: [...permissions.import ?? []].sort(),
    opens: shown(Object.values(planned.sources).map((file) => file.resolved)),
    fills: shown([
      ...Object.values(planned.targets).map((file) => file.resolved),
      ...(step.rejects === null ? [] : [step.rejects]),
    ]),
  };
}

/** The code of a step. @throws {OsirisError} `driver/unpinned` when it may be other code tomorrow */
function codeOf({ id, step, driver: { origin } }: PlannedStep): string {
  const code = origin.kind === "module"
    ? origin.source ?? step.driver
    : step.driver;
  if (/^(npm|jsr):/.test(code) && !isExactPackage(code)) {
    throw new OsirisError(
      "driver/unpinned",
      `Cannot lock step "${id}": driver ${quoted(code)} names no exact version`,
      { step: id, hint: 'Write the version out: "npm:name@1.2.3"' },
    );
  }
  return code.replace(/#.*$/, "");
}

/** A path relative to the working directory, if it is below it. */
function shownPath(path: string, cwd: string): string {
  if (!isAbsolute(path)) return path;
  const below = relative(cwd, path).replaceAll(sep, "/");
  return below === "" ? "." : below.startsWith("../") ? path : below;
}
