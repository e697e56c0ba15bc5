/**
 * A plan for people and as JSON. Never holds a connection's fields.
 *
 * @module
 */
import type { Isolation, Step } from "../manifest/manifest.ts";
import { countOf } from "../units.ts";
import { isolationOf } from "./isolation.ts";
import type {
  HostNeeds,
  Permissions,
  Plan,
  PlannedFile,
  PlannedStep,
} from "./plan.ts";

/** A step of a plan as plain data. */
export interface PlanStepReport {
  /** Id of the step. */
  readonly id: string;
  /** Name that the driver gives itself. */
  readonly driver: string;
  /** Version that the driver gives itself. */
  readonly version: string;
  /** Where the driver's code is, when it is a module of the user's. */
  readonly module?: string;
  /** SHA-256 of that code; null for packages, which go by their version. */
  readonly sha256?: string | null;
  /** `@family.alias`; null when the step has none. */
  readonly connection: string | null;
  /** Producer step by input name. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Paths that the main process opens for the step. */
  readonly reads: readonly string[];
  /** Paths that the main process puts in place for the step. */
  readonly writes: readonly string[];
  /** What the sandbox gets; null when there is none. */
  readonly permissions: Permissions | null;
  /** `worker`, `process`, `auto` or `inline`. */
  readonly isolation: string;
}

/** A plan as plain data. */
export interface PlanReport {
  /** Name of the manifest. */
  readonly name: string;
  /** Profile of the manifest; `default` when it has none. */
  readonly profile: string;
  /** How the manifest is written: `inline` or `compiled`. */
  readonly form: string;
  /** SHA-256 of the manifest and its configs. */
  readonly hash: string;
  /** Working directory: relative paths count from here. Absolute. */
  readonly cwd: string;
  /** Steps that may run at once. */
  readonly parallel: number;
  /** The steps in an order in which they can run one after another. */
  readonly steps: readonly PlanStepReport[];
  /** What the main process needs. */
  readonly host: HostNeeds;
  /** Words of the command that suffices. */
  readonly command: readonly string[];
}

/** A plan as plain data, for `--json` and other programs. */
export function planReport(plan: Plan, command: readonly string[]): PlanReport {
  const { manifest, steps, cwd, host } = plan;
  return {
    name: manifest.name,
    profile: manifest.profile,
    form: manifest.form,
    hash: manifest.hash,
    cwd,
    parallel: manifest.parallel,
    steps: steps.map((step) => stepReport(step, manifest.isolation)),
    host,
    command,
  };
}

/** A plan for people: order, inputs, and what each step may read, write and reach. */
export function formatPlan(plan: Plan): string {
  const { manifest, steps, cwd, host } = plan;
  const order = manifest.parallel > 1
    ? `up to ${manifest.parallel} at once`
    : "one after another";
  const lines = [
    `${manifest.name}: ${countOf(steps.length, "step")}, ${order}, in ${cwd}`,
  ];
  steps.forEach((step, index) => {
    lines.push(
      "",
      `${
        index + 1
      }. ${step.id}  ${step.driver.spec.name} ${step.driver.spec.version}`,
    );
    lines.push(...table(stepRows(step, stepReport(step, manifest.isolation))));
  });
  lines.push("", "The main process");
  lines.push(...table([
    ["reads", list(host.read)],
    ["writes", list(host.write)],
    ["reaches", list(host.net)],
    ["variables", list(host.env)],
    ["starts", list(host.run)],
    ["may start", list(host.mayRun)],
  ]));
  return lines.join("\n");
}

function stepReport(planned: PlannedStep, standard: Isolation): PlanStepReport {
  const {
    id,
    driver,
    connection,
    inputs,
    sources,
    targets,
    permissions,
    step,
  } = planned;
  const isolation = isolationOf(planned, standard);
  return {
    id,
    driver: driver.spec.name,
    version: driver.spec.version,
    ...codeOf(planned),
    connection: connection === null
      ? null
      : `@${connection.family}.${connection.alias}`,
    inputs,
    reads: paths(sources),
    writes: [...paths(targets), ...rejectsOf(step)],
    permissions: isolation === "inline" ? null : permissions,
    isolation,
  };
}

/** The code of a driver that is a module of the user's. */
function codeOf(
  { step, driver: { origin } }: PlannedStep,
): Pick<PlanStepReport, "module" | "sha256"> {
  if (origin.kind !== "module") return {};
  return {
    module: origin.source ?? step.driver,
    sha256: origin.sha256 ?? null,
  };
}

function paths(files: Readonly<Record<string, PlannedFile>>): string[] {
  return Object.values(files).map(({ path }) => path);
}

function rejectsOf({ rejects }: Step): string[] {
  return rejects === null ? [] : [rejects];
}

function stepRows(
  planned: PlannedStep,
  report: PlanStepReport,
): [string, string][] {
  const inputs = Object.entries(report.inputs).map(([name, step]) =>
    `${name} from ${step}`
  );
  return [
    ["module", report.module ?? ""],
    ["sha256", report.sha256 ?? ""],
    ["connection", report.connection ?? ""],
    ["takes", list(inputs)],
    ["reads", list(report.reads)],
    ["writes", list(report.writes)],
    ["sandbox", sandbox(planned, report)],
  ];
}

function sandbox(
  { driver }: PlannedStep,
  { permissions, isolation }: PlanStepReport,
): string {
  if (permissions === null) {
    return driver.origin.kind === "object"
      ? "none: the driver is an object of the importing script"
      : "none: isolation is inline";
  }
  const items = (["net", "read", "write", "import"] as const).flatMap((kind) =>
    (permissions[kind] ?? []).map((item) => `${kind} ${oneLine(item)}`)
  );
  return `${isolation}, ${
    items.length === 0 ? "no permission at all" : items.join(", ")
  }`;
}

/** Items one a line: a line break in a path must not begin another. */
function list(items: readonly string[]): string {
  return items.map(oneLine).join("\n");
}

function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n");
}

/** Rows of a label and lines; rows without lines are left out. */
function table(rows: readonly (readonly [string, string])[]): string[] {
  return rows.filter(([, text]) => text !== "").flatMap(([label, text]) =>
    text.split("\n").map((line, index) =>
      `   ${(index === 0 ? label : "").padEnd(12)}${line}`
    )
  );
}
