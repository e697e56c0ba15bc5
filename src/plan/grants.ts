/**
 * What a driver of the user's asks for beyond its own connection and paths has
 * to be granted: by `permissions:` of its step, or on the command line.
 *
 * Its own is what the user wrote: hosts and ports of the connection, a URL in
 * the config, paths in either and what lies below them. What the driver's
 * author wrote (literal texts, fallbacks, defaults) is not.
 *
 * @module
 */
import { resolve, sep } from "node:path";
import { childPath, quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { FaultList } from "../fault_list.ts";
import type { Grants, Manifest } from "../manifest/manifest.ts";
import { didYouMean } from "../suggest.ts";
import { netItem } from "./net_item.ts";
import { ownItems } from "./own_items.ts";
import type { Plan, PlannedStep } from "./plan.ts";
import { lookAtPath } from "./real_path.ts";

/** Grants by step. */
export type StepGrants = Readonly<Record<string, Partial<Grants>>>;

type Kind = keyof Grants;
const KINDS: readonly Kind[] = ["net", "read", "write"];

/**
 * The manifest with grants of the command line added to those of its steps.
 *
 * @throws {OsirisError} `usage/invalid` for a step that isn't there
 */
export function addGrants(manifest: Manifest, grants: StepGrants): Manifest {
  const ids = manifest.steps.map(({ id }) => id);
  const unknown = Object.keys(grants).find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new OsirisError(
      "usage/invalid",
      `Cannot grant permissions to ${quoted(unknown)}: there is no such step`,
      { hint: didYouMean(unknown, ids) },
    );
  }
  const steps = manifest.steps.map((step) => {
    const { net = [], read = [], write = [] } = grants[step.id] ?? {};
    const { permissions: own } = step;
    return {
      ...step,
      permissions: {
        net: [...own.net, ...net],
        read: [...own.read, ...read],
        write: [...own.write, ...write],
      },
    };
  });
  return { ...manifest, steps };
}

/**
 * Refuses a plan in which a driver that is not built in gets what nobody granted.
 *
 * @throws {OsirisError} `permission/not-granted` with all of it and the YAML to
 * add; `driver/invalid` when it would put a secret into a permission
 */
export function requireGrants(plan: Plan): void {
  const faults = new FaultList();
  for (const planned of plan.steps) {
    if (planned.driver.origin.kind !== "module") continue;
    const path = childPath("steps", plan.manifest.steps.indexOf(planned.step));
    refuseSecrets(planned);
    checkConnection(planned, path, faults);
    const missing = missingGrants(planned, plan.cwd);
    const yaml = asYaml(planned.step.permissions, missing);
    for (const kind of KINDS) {
      for (const item of missing[kind]) {
        faults.add(
          "permission/not-granted",
          `${path}.permissions`,
          `driver ${quoted(planned.step.driver)} asks ${VERBS[kind]} ${item}`,
          `Add to step ${quoted(planned.id)}: ${yaml}`,
        );
      }
    }
  }
  faults.throwIfAny("permission/not-granted", "run the plan");
}

const VERBS: Readonly<Record<Kind, string>> = {
  net: "to reach",
  read: "to read",
  write: "to write",
};

/** What a step would get without being granted it. */
export function missingGrants(planned: PlannedStep, cwd: string): Grants {
  const { driver: { spec, origin }, permissions, sources, targets } = planned;
  const own = ownItems(planned, cwd);
  const modules = origin.kind === "module" ? origin.files ?? [] : [];
  const files = {
    net: [],
    read: Object.values(sources).map(({ resolved }) => resolved),
    write: Object.values(targets).map(({ resolved }) => resolved),
  };
  const missing = (kind: Kind): string[] => {
    const granted = grantedItems(planned.step.permissions, kind, cwd);
    const items = [...new Set([...permissions[kind], ...files[kind]])];
    return items.filter((item) =>
      !(kind === "read" && modules.includes(item)) &&
      !isWithin(item, granted, kind) &&
      !(isWithin(item, own[kind], kind) &&
        !(kind !== "net" && isWithin(cwd, [item], kind)))
    );
  };
  return spec.needs === undefined && spec.files === undefined
    ? { net: [], read: [], write: [] }
    : { net: missing("net"), read: missing("read"), write: missing("write") };
}

function grantedItems(grants: Grants, kind: Kind, cwd: string): string[] {
  return grants[kind].map((item) =>
    kind === "net" ? netItem(item) ?? item : lookAtPath(resolve(cwd, item)).real
  );
}

function isWithin(
  item: string,
  places: readonly string[],
  kind: Kind,
): boolean {
  return places.some((place) =>
    item === place ||
    (kind !== "net" &&
      item.startsWith(place.endsWith(sep) ? place : place + sep))
  );
}

/** The YAML that grants what is there already and what is missing. */
function asYaml(present: Grants, missing: Grants): string {
  const parts = KINDS.flatMap((kind) => {
    const items = [...new Set([...present[kind], ...missing[kind]])];
    return items.length === 0 ? [] : [`${kind}: ${JSON.stringify(items)}`];
  });
  return `permissions: { ${parts.join(", ")} }`;
}

/** A driver that is not ours gets the connection that its step names, never a default one. */
function checkConnection(
  { step, driver: { spec }, connection }: PlannedStep,
  path: string,
  faults: FaultList,
): void {
  if (connection === null || step.connection !== null) return;
  faults.add(
    "permission/not-granted",
    `${path}.config.connection`,
    `driver ${quoted(step.driver)} asks for a connection of the family ${
      quoted(spec.connection?.family ?? "")
    }`,
    `Name it: connection: "@${connection.family}.${connection.alias}"`,
  );
}

/** A permission is shown and written down; a secret must not be part of one. */
function refuseSecrets(planned: PlannedStep): void {
  const { permissions, sources, targets, connection, step } = planned;
  const texts = [
    ...permissions.net,
    ...permissions.read,
    ...permissions.write,
    ...[...Object.values(sources), ...Object.values(targets)].map(({ path }) =>
      path
    ),
  ];
  const isLeak = (connection?.secrets ?? []).some((secret) =>
    secret.length > 3 && texts.some((text) => text.includes(secret))
  );
  if (!isLeak) return;
  throw new OsirisError(
    "driver/invalid",
    `Cannot use driver ${
      quoted(step.driver)
    }: it would put a secret of its connection into a permission`,
    { step: step.id },
  );
}
