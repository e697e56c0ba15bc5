/**
 * The files that the host opens for a step.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { quoted } from "../describe.ts";
import type { FileNeed } from "../driver/spec.ts";
import type { FaultList } from "../fault_list.ts";
import { isGranted } from "../permission.ts";
import { didYouMean } from "../suggest.ts";
import type { PlannedFile } from "./plan.ts";
import { lookAtPath, lookAtTarget } from "./real_path.ts";
import {
  expandTemplate,
  firstReference,
  type TemplateScope,
} from "./template.ts";

/** Files of a step by their name in the driver's spec. */
export interface StepFiles {
  readonly sources: Record<string, PlannedFile>;
  readonly targets: Record<string, PlannedFile>;
}

/** What the plan knows so far. */
export interface FileContext {
  readonly cwd: string;
  /** `steps[2]`. */
  readonly path: string;
  /** Resolved targets of this step and those above it, and which step writes them. */
  readonly written: Map<string, string>;
  readonly step: string;
  /** Paths that had to be looked at to follow a link. */
  readonly links: Set<string>;
  readonly faults: FaultList;
}

/** Expands `files` of a spec and looks at each file. */
export function planFiles(
  needs: Readonly<Record<string, FileNeed>>,
  scope: TemplateScope,
  context: FileContext,
): StepFiles {
  const sources: Record<string, PlannedFile> = {};
  const targets: Record<string, PlannedFile> = {};
  for (const [name, need] of Object.entries(needs)) {
    const written = expandTemplate(need.path, scope);
    if (written === undefined) continue;
    const place = `${context.path}.${
      firstReference(need.path) ?? `files.${name}`
    }`;
    if (written.includes("\0")) {
      context.faults.add(
        "config/invalid",
        place,
        "a path has no NUL character",
      );
      continue;
    }
    const base = need.base === undefined
      ? undefined
      : expandTemplate(need.base, scope);
    const absolute = resolve(context.cwd, base ?? "", written);
    if (need.mode === "read") {
      sources[name] = planSource(written, absolute, place, context);
    } else {targets[name] = planTarget(
        written,
        absolute,
        mayCreate(need, scope),
        place,
        context,
      );}
  }
  return { sources, targets };
}

/** The name under which a file is written before it is renamed. */
export function partialPath(target: string): string {
  return join(dirname(target), `.${basename(target)}.osiris.partial`);
}

function mayCreate(
  { createFolders = false }: FileNeed,
  scope: TemplateScope,
): boolean {
  if (typeof createFolders === "boolean") return createFolders;
  return expandTemplate(createFolders, scope) === "true";
}

function planSource(
  written: string,
  absolute: string,
  place: string,
  { written: targets, links, faults }: FileContext,
): PlannedFile {
  const { real, kind } = lookAtPath(absolute);
  if (real !== absolute) links.add(absolute);
  if (kind === "folder") {
    faults.add(
      "file/not-a-file",
      place,
      `${quoted(written)} is a folder`,
      "Name a file in it",
    );
  } else if (kind === null && !targets.has(real)) {
    const hint = nearestFile(absolute) ??
      "Relative paths count from the working directory";
    faults.add(
      "file/not-found",
      place,
      `there is no file ${quoted(written)}`,
      hint,
    );
  }
  return { path: written, resolved: real, partial: null, createFolders: false };
}

function planTarget(
  written: string,
  absolute: string,
  createFolders: boolean,
  place: string,
  { written: targets, links, faults, step }: FileContext,
): PlannedFile {
  const { real, kind, missingFolder } = lookAtTarget(absolute);
  if (real !== absolute) links.add(dirname(absolute));
  const other = targets.get(real);
  if (/[/\\]$/.test(written) || kind === "folder") {
    faults.add(
      "file/not-a-file",
      place,
      `${quoted(written)} is a folder`,
      "Name a file in it",
    );
  } else if (kind === "other") {
    // Putting a file in its place would replace the device itself.
    faults.add(
      "file/not-a-file",
      place,
      `${quoted(written)} is a device, pipe or socket`,
      "Name a file",
    );
  } else if (missingFolder !== null && !createFolders) {
    const message = `the folder of ${quoted(written)} does not exist`;
    faults.add("file/no-folder", place, message, `Create ${dirname(written)}`);
  } else if (other !== undefined) {
    const message = `step ${quoted(other)} writes ${quoted(written)} too`;
    faults.add(
      "config/invalid",
      place,
      message,
      "Give each step a file of its own",
    );
  }
  targets.set(real, step);
  return {
    path: written,
    resolved: real,
    partial: partialPath(real),
    createFolders,
  };
}

/** A hint when a file of nearly the same name is there. */
function nearestFile(path: string): string | undefined {
  const folder = dirname(path);
  if (!isGranted("read", folder)) return undefined;
  try {
    const names = Array.from(
      Deno.readDirSync(folder).take(1000),
      ({ name }) => name,
    );
    const hint = didYouMean(basename(path), names);
    return hint?.startsWith("Did") ? hint : undefined;
  } catch {
    return undefined; // only a hint is lost
  }
}
