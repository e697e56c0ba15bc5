/**
 * Reads the arguments of the command line.
 *
 * @module
 */
import { parseArgs } from "../deps/cli.ts";
import { quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { didYouMean, nearest } from "../suggest.ts";
import { type Option, type OptionName, OPTIONS } from "./option_table.ts";

export type { OptionName };

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
  const near = nearest(
    given,
    all.filter((name) => name.startsWith("--") === isLong),
  );
  const hint = near === undefined ? undefined : `Did you mean "${near}"?`;
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
