/**
 * Options of a run from the command line, and back to arguments.
 *
 * @module
 */
import type { RunOptions } from "../../mod.ts";
import type { Isolation } from "../manifest/manifest.ts";
import { quoted } from "../describe.ts";
import { type Arguments, type OptionName, usageError } from "./options.ts";

/** Options that say how a manifest is read and run, for {@linkcode manifestArguments}. */
const PASSED_ON: readonly OptionName[] = [
  "connections",
  "env-file",
  "out",
  "param",
  "parallel",
  "memory-budget",
  "isolation",
  "state",
];

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
  ];
  return {
    ...Object.fromEntries(entries.filter(([, value]) => value !== undefined)),
    params: readParams(args.list("param"), command),
  };
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

/** The words that give a run the same manifest and options. */
export function manifestArguments(args: Arguments): string[] {
  const options = PASSED_ON.flatMap((name) =>
    args.list(name).map((value) => `--${name}=${value}`)
  );
  return [...args.positionals, ...options];
}
