/**
 * The options of the command line and how they are read.
 *
 * To add one: add it to {@linkcode OPTIONS} and name it in its commands.
 *
 * @module
 */
import { parseArgs } from "../deps/cli.ts";
import { quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { didYouMean } from "../suggest.ts";
import { parseSize } from "../units.ts";

/** An option: a switch, or one that takes a value. */
export interface Option {
  /** What its value is called in help; a switch has none. */
  readonly value?: string;
  readonly alias?: string;
  readonly summary: string;
  readonly mayRepeat?: boolean;
  /** The values there are. */
  readonly choices?: readonly string[];
  /** Turns the text into a value; undefined when it is none. */
  readonly read?: (text: string) => unknown;
  /** What is expected, when `read` gives undefined. */
  readonly expected?: string;
}

const wholeNumber = (least: number) => (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : undefined;

/** Every option of every command. */
export const OPTIONS = {
  help: { alias: "h", summary: "Show help" },
  json: { summary: "Print the result as JSON" },
  quiet: { alias: "q", summary: "Say nothing but errors on stderr" },
  verbose: { alias: "v", summary: "Say every event on stderr" },
  connections: {
    value: "FILE",
    summary:
      "Connections file, in place of looking for osiris_connections.yaml",
  },
  "env-file": {
    value: "FILE",
    summary: "File of variables, in place of looking for .env",
  },
  out: {
    value: "DIR",
    summary: "Folder in which run folders are made (default: run_logs)",
  },
  param: {
    value: "NAME=VALUE",
    summary: "Value of a parameter of the manifest",
    mayRepeat: true,
  },
  parallel: {
    value: "N",
    summary: "Steps that may run at once",
    read: wholeNumber(1),
    expected: "a whole number from 1",
  },
  "memory-budget": {
    value: "SIZE",
    summary:
      "Tables kept in memory before they spill to disk (default: 512MiB)",
    read: (text) => parseSize(/^\d+$/.test(text) ? Number(text) : text),
    expected: 'a size such as "512MiB"',
  },
  isolation: {
    value: "LEVEL",
    summary: "Where drivers run: worker, process, auto or inline",
    choices: ["worker", "process", "auto", "inline"],
  },
  grant: {
    value: "STEP:KIND=ITEM",
    summary: "Permission of a step: KIND is net, read or write",
    mayRepeat: true,
  },
  "allow-unpinned": {
    summary:
      "Take drivers from URLs without a hash, packages without a version",
  },
  locked: { summary: "Refuse what is not as osiris.lock.json has it" },
  diff: { summary: "Show how it differs from osiris.lock.json" },
  checks: {
    value: "FILE",
    summary: "What Deno wrote to DENO_AUDIT_PERMISSIONS during the run",
  },
  "dry-run": {
    summary: "Read the first rows of each source and write nothing",
  },
  state: {
    value: "DIR",
    summary: "Folder of incremental state (default: .osiris/state)",
  },
  family: { value: "NAME", summary: "Connections of this family only" },
  alias: { value: "NAME", summary: "Connections of this alias only" },
  pipeline: { value: "NAME", summary: "Runs of this pipeline only" },
  profile: { value: "NAME", summary: "Runs of this profile only" },
  status: {
    value: "STATUS",
    summary: "Runs with this status only",
    choices: ["success", "failed", "interrupted"],
  },
  limit: {
    value: "N",
    summary: "At most so many, the newest first (default: 20)",
    read: wholeNumber(1),
    expected: "a whole number from 1",
  },
  events: { summary: "Show the run's events" },
  metrics: { summary: "Show the run's metrics" },
} as const satisfies Record<string, Option>;

/** Name of an option, without dashes. */
export type OptionName = keyof typeof OPTIONS;

/** What was given on the command line. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** Whether a switch was given. */
  has(name: OptionName): boolean;
  /** The value of an option as text. */
  text(name: OptionName): string | undefined;
  /** The values of an option that may be repeated. */
  list(name: OptionName): readonly string[];
  /** The value of an option as its `read` gives it. */
  value<T>(name: OptionName): T | undefined;
}

/**
 * Reads arguments.
 *
 * @param names The options that the command knows, besides `--help`.
 * @param command For messages: `run`.
 * @throws {OsirisError} `usage/invalid`
 */
export function readArguments(
  args: readonly string[],
  names: readonly OptionName[],
  command: string,
): Arguments {
  const known = ["help", ...names] as const;
  const option = (name: OptionName): Option => OPTIONS[name];
  const valued = known.filter((name) => option(name).value !== undefined);
  const switches = known.filter((name) => option(name).value === undefined);
  refuseSwitchValues(args, switches, command);
  const parsed = parseArgs([...args], {
    string: [...valued, "_"],
    boolean: switches,
    collect: valued,
    alias: Object.fromEntries(known.flatMap((name) => {
      const { alias } = option(name);
      return alias === undefined ? [] : [[name, alias]];
    })),
    unknown: (arg: string) => {
      if (!arg.startsWith("-") || arg === "-") return true;
      throw unknownOption(arg, known, command);
    },
  }) as Record<string, unknown>;
  const texts = new Map(
    valued.map((name) => [name, (parsed[name] ?? []) as string[]]),
  );
  for (const [name, values] of texts) {
    checkValues(name, option(name), values, command);
  }
  const text = (name: OptionName): string | undefined =>
    texts.get(name)?.at(-1);
  return {
    positionals: (parsed._ as unknown[]).map(String),
    has: (name) => parsed[name] === true,
    text,
    list: (name) => texts.get(name) ?? [],
    value: <T>(name: OptionName) => {
      const given = text(name);
      return given === undefined
        ? undefined
        : (option(name).read?.(given) ?? given) as T;
    },
  };
}

function checkValues(
  name: OptionName,
  { value, mayRepeat, choices, read, expected }: Option,
  values: readonly string[],
  command: string,
): void {
  const refuse = (state: string, hint: string): never => {
    throw usageError(`--${name} ${state}`, hint, command);
  };
  if (values.length > 1 && mayRepeat !== true) {
    refuse("is given twice", "Give it once");
  }
  for (const given of values) {
    if (given === "") refuse("has no value", `Write --${name}=${value}`);
    if (choices !== undefined && !choices.includes(given)) {
      refuse(`is ${quoted(given)}`, didYouMean(given, choices)!);
    }
    if (read !== undefined && read(given) === undefined) {
      refuse(`is ${quoted(given)}`, `Give ${expected}`);
    }
  }
}

/** The parser takes `--json=no` for a switch that is on. */
function refuseSwitchValues(
  args: readonly string[],
  switches: readonly OptionName[],
  command: string,
): void {
  for (const arg of args) {
    if (arg === "--") return;
    const name = switches.find((name) => arg.startsWith(`--${name}=`));
    if (name !== undefined) {
      throw usageError(
        `--${name} takes no value`,
        `Write --${name}, or leave it out`,
        command,
      );
    }
  }
}

function unknownOption(
  arg: string,
  known: readonly OptionName[],
  command: string,
): OsirisError {
  const given = arg.replace(/=.*$/, "");
  const all = known.flatMap((name) => {
    const { alias } = OPTIONS[name] as Option;
    return [`--${name}`, ...(alias === undefined ? [] : [`-${alias}`])];
  });
  const isLong = given.startsWith("--");
  const hint = didYouMean(
    given,
    all.filter((name) => name.startsWith("--") === isLong),
  );
  return usageError(`there is no option ${quoted(given)}`, hint, command);
}

/** A mistake on the command line. */
export function usageError(
  state: string,
  hint: string | undefined,
  command: string,
): OsirisError {
  const where = command === "" ? "osiris" : `osiris ${command}`;
  return new OsirisError("usage/invalid", `Cannot run ${where}: ${state}`, {
    hint: hint ?? `See ${where} --help`,
  });
}
