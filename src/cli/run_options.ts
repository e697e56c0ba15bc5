/**
 * Options of a run from the command line, and back to arguments.
 *
 * @module
 */
import type { CursorBounds, RunOptions, StepGrants } from "../../mod.ts";
import type { Isolation } from "../manifest/manifest.ts";
import { isSecretName, quoted } from "../describe.ts";
import { MANIFEST_OPTIONS, type Option, OPTIONS } from "./option_table.ts";
import { type Arguments, usageError } from "./options.ts";

/** What the arguments say about a run. */
export function runOptions(args: Arguments, command: string): RunOptions {
  const entries: [keyof RunOptions, unknown][] = [
    ["connections", args.text("connections")],
    ["envFile", args.text("env-file")],
    ["out", args.text("out")],
    ["parallel", args.value<number>("parallel")],
    ["memoryBudget", args.value<number>("memory-budget")],
    ["isolation", args.value<Isolation>("isolation")],
    ["stateFolder", args.text("state")],
    ["checkpoint", args.has("checkpoint") || undefined],
    ["resume", args.text("resume")],
    ["bounds", readBounds(args)],
  ];
  return {
    ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    params: readParams(args.list("param"), command),
    verdicts: readVerdicts(args, command),
    grants: readGrants(args.list("grant"), command),
    allowUnpinned: args.has("allow-unpinned"),
    locked: args.has("locked"),
  };
}

/** The range of `--from` and `--to`. */
function readBounds(args: Arguments): CursorBounds | undefined {
  const [from, to] = [args.text("from"), args.text("to")];
  if (from === undefined && to === undefined) return undefined;
  return {
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** What `--committed` and `--not-committed` say of steps that were cut off. */
function readVerdicts(
  args: Arguments,
  command: string,
): Record<string, boolean> {
  const [yes, no] = [args.list("committed"), args.list("not-committed")];
  const both = yes.find((step) => no.includes(step));
  if (both !== undefined) {
    throw usageError(
      `step ${quoted(both)} is said to be committed and not`,
      "Say one of them",
      command,
    );
  }
  if (args.text("resume") === undefined && yes.length + no.length > 0) {
    throw usageError(
      "--committed goes with --resume",
      "Add --resume RUN",
      command,
    );
  }
  return Object.fromEntries([
    ...yes.map((step) => [step, true]),
    ...no.map((step) => [step, false]),
  ]);
}

/** The permissions of `--grant STEP:KIND=ITEM`. */
export function readGrants(
  given: readonly string[],
  command: string,
): StepGrants {
  const grants: Record<string, Record<string, string[]>> = {};
  for (const text of given) {
    const [, step, kind, item] =
      text.match(/^([A-Za-z0-9_-]+):(net|read|write)=(.+)$/s) ?? [];
    if (step === undefined) {
      throw usageError(
        `--grant is ${quoted(text)}`,
        "Write --grant STEP:net=HOST:PORT, STEP:read=PATH or STEP:write=PATH",
        command,
      );
    }
    ((grants[step] ??= {})[kind] ??= []).push(item);
  }
  return grants;
}

/** The values of `--param NAME=VALUE`. */
export function readParams(
  given: readonly string[],
  command: string,
): Record<string, string> {
  const params = new Map<string, string>();
  for (const text of given) {
    const [, name, value] = text.match(/^([^=]+)=([\s\S]*)$/) ?? [];
    if (name === undefined) {
      throw usageError(
        `--param is ${quoted(text)}`,
        "Write --param NAME=VALUE",
        command,
      );
    }
    if (params.has(name)) {
      throw usageError(
        `parameter ${quoted(name)} is given twice`,
        "Give it once",
        command,
      );
    }
    params.set(name, value);
  }
  return Object.fromEntries(params);
}

/** The words that give a run the same manifest and options; values of parameters that look secret are left to the user. */
export function manifestArguments(args: Arguments): string[] {
  const options = MANIFEST_OPTIONS.flatMap((name) =>
    (OPTIONS[name] as Option).value === undefined
      ? args.has(name) ? [`--${name}`] : []
      : args.list(name).map((value) =>
        `--${name}=${name === "param" ? shownParam(value) : value}`
      )
  );
  return [...args.positionals, ...options];
}

function shownParam(text: string): string {
  const [name] = text.split("=", 1);
  return isSecretName(name) ? `${name}=***` : text;
}
