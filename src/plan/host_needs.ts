/**
 * What the process that runs a plan needs itself: it opens all files, writes
 * the run folder, and can hand a worker only what it holds.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Connections } from "../connection/connections.ts";
import { optionalVariable } from "../connection/variables.ts";
import type { DriverOrigin } from "../driver/registry.ts";
import { isolationOf, startedPrograms } from "./isolation.ts";
import type { Isolation } from "../manifest/manifest.ts";
import { partialPath } from "./step_files.ts";
import type { HostNeeds, Plan, PlannedStep } from "./plan.ts";
import { lookAtTarget } from "./real_path.ts";

/** Folder of run folders, unless `--out` names another. */
export const RUN_LOGS = "run_logs";
/** Folder of the run index, state and locks. */
export const STATE_FOLDER = ".osiris";

/**
 * Everything that the main process needs for a plan.
 *
 * @param links Paths that are read to find out where they lead.
 * @param out Folder of run folders.
 */
export function hostNeeds(
  plan: Omit<Plan, "host">,
  connections: Connections | undefined,
  links: Iterable<string>,
  out: string = RUN_LOGS,
): HostNeeds {
  const { manifest, steps, cwd } = plan;
  const own = [resolve(cwd, out), resolve(cwd, STATE_FOLDER)];
  const read = [
    ...own,
    ...manifest.files,
    ...links,
    ...driverModules(
      steps.filter((step) => isReadHere(step, manifest.isolation))
        .map(({ driver }) => driver.origin),
    ),
  ];
  const write = [...own];
  const net = steps.flatMap((step) => step.permissions.net);
  const env = [...(connections?.variables.environment ?? [])];
  if (connections !== undefined) {
    const { file, variables } = connections;
    if (file.path !== null) read.push(file.path);
    read.push(...variables.files);
    const home = optionalVariable("OSIRIS_HOME");
    const fromHome = [file.path, ...variables.files].some((path) =>
      path !== null && home !== undefined &&
      dirname(path) === resolve(cwd, home)
    );
    if (fromHome) env.push("OSIRIS_HOME");
  }
  for (const step of steps) {
    for (const { resolved } of Object.values(step.sources)) read.push(resolved);
    for (const { resolved } of Object.values(step.targets)) addTarget(resolved);
    if (step.step.rejects !== null) addTarget(resolve(cwd, step.step.rejects));
    read.push(...step.permissions.read);
    write.push(...step.permissions.write);
  }
  for (const { driver: { origin } } of steps) {
    const source = origin.kind === "module" ? origin.source ?? "" : "";
    if (/^https?:/i.test(source)) net.push(new URL(source).host);
  }
  if (manifest.source !== null && /^https?:/i.test(manifest.source)) {
    net.push(new URL(manifest.source).host);
  }
  return {
    read: sorted(read),
    write: sorted(write),
    net: sorted(net),
    env: sorted(env),
    ...startedPrograms(steps, manifest.isolation),
  };

  /** Renaming needs to read the file that is renamed. */
  function addTarget(target: string): void {
    const partial = partialPath(target);
    read.push(partial);
    write.push(target, partial);
    const { missingFolder } = lookAtTarget(target);
    if (missingFolder !== null) write.push(missingFolder);
  }
}

/** Whether this process reads a step's modules for its worker: a process of its own reads them itself, inline they are in the graph. */
function isReadHere(step: PlannedStep, standard: Isolation): boolean {
  const level = isolationOf(step, standard);
  return step.driver.origin.kind !== "builtin" ||
    level === "worker" || level === "auto";
}

/**
 * The local modules of the workers, read with this process's rights: from a
 * checkout that is `src/` and the drivers' folders; from a URL or JSR nothing.
 */
export function driverModules(origins: readonly DriverOrigin[]): string[] {
  const paths = new Set<string>();
  for (const origin of origins) {
    if (origin.kind === "builtin" && origin.worker.protocol === "file:") {
      paths.add(dirname(fileURLToPath(origin.worker)));
    } else if (origin.kind === "module") {
      for (const path of origin.files ?? []) paths.add(path);
      if (origin.declaredIn !== undefined) paths.add(origin.declaredIn);
      for (const path of offeredModules()) paths.add(path);
    } else continue;
  }
  const source = new URL("../", import.meta.url);
  if (paths.size > 0 && source.protocol === "file:") {
    paths.add(join(fileURLToPath(source)).replace(/[/\\]$/, ""));
  }
  return [...paths];
}

/** What the boot module of the user's drivers offers them, besides `src`. */
function offeredModules(): string[] {
  return ["driver.ts", "arquero.ts", "drivers/arquero"].flatMap((name) => {
    const url = new URL(`../../${name}`, import.meta.url);
    return url.protocol === "file:" ? [fileURLToPath(url)] : [];
  });
}

function sorted(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
