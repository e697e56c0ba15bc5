/**
 * The `deno run` line under which a plan runs with nothing to spare.
 *
 * @module
 */
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { PermissionKind } from "../permission.ts";
import { KINDS } from "./missing.ts";
import type { Plan } from "./plan.ts";

/** What follows the flags. */
export interface CommandOptions {
  /** Arguments of the command: `["run", "shop.yaml"]`. */
  readonly args: readonly string[];
  /** Module of the command; this package's `cli.ts` if left out. */
  readonly entry?: string;
}

/**
 * The words of the command, to be started in the plan's working directory.
 *
 * Paths below that directory are relative, so that the line can be moved along
 * with it.
 */
export function denoCommand(
  plan: Plan,
  { args, entry }: CommandOptions,
): string[] {
  const flags = KINDS.flatMap((kind) => {
    const isPath = kind === "read" || kind === "write";
    const items = needsOf(plan, kind).map((item) =>
      isPath
        ? flagPath(item, plan.cwd)
        : kind === "run" && item.includes(",")
        ? null // can't be escaped either
        : item
    );
    if (items.includes(null)) return [`--allow-${kind}`];
    return items.length === 0
      ? []
      : [`--allow-${kind}=${withoutCovered(items as string[], isPath)}`];
  });
  return [
    "deno",
    "run",
    "--no-prompt",
    "--unstable-worker-options",
    ...flags,
    entry ?? cliModule(plan.cwd),
    ...args,
  ];
}

function needsOf({ host }: Plan, kind: PermissionKind): readonly string[] {
  return kind === "run" ? [...host.run, ...host.mayRun] : host[kind];
}

/** Words as a POSIX shell reads them. */
export function shellQuote(words: readonly string[]): string {
  return words.map((word) =>
    /^[A-Za-z0-9_@%+=:,./-]+$/.test(word)
      ? word
      : `'${word.replaceAll("'", `'\\''`)}'`
  ).join(" ");
}

function cliModule(cwd: string): string {
  const url = new URL("../../cli.ts", import.meta.url);
  return url.protocol === "file:" ? shown(fileURLToPath(url), cwd) : url.href;
}

function shown(path: string, cwd: string): string {
  const below = relative(cwd, path);
  if (below === "") return ".";
  return below.startsWith("..") ? path : below;
}

/**
 * A path within a flag. A comma separates paths there and can't be escaped, so
 * the nearest folder without one stands for the path; null when there is none.
 */
function flagPath(path: string, cwd: string): string | null {
  const text = shown(path, cwd);
  if (!text.includes(",")) return text;
  const parent = dirname(path);
  return parent === path ? null : flagPath(parent, cwd);
}

/** Leaves out what lies in a folder that is listed too. */
function withoutCovered(items: readonly string[], isPath: boolean): string {
  const all = [...new Set(items)];
  if (!isPath) return all.join(",");
  return all.filter((item) =>
    !all.some((other) =>
      other !== item && (other === "." || item.startsWith(`${other}/`))
    )
  ).join(",");
}
