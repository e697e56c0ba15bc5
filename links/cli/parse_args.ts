/**
 * `parseArgs` of `@std/cli`: command-line arguments into a record.
 *
 * @module
 */
import { type Declared, readOption } from "./option_reader.ts";
import { collectInto, has, set } from "./record.ts";
import type {
  BooleanName,
  Defaults,
  Name,
  ParsedArgs,
  ParseOptions,
} from "./types.ts";

export type { Args, ParseOptions } from "./types.ts";

interface Rules extends Declared {
  readonly collected: ReadonlySet<string>;
  readonly negatable: ReadonlySet<string>;
  readonly unknown: (arg: string, key?: string, value?: unknown) => unknown;
}

/**
 * Reads command-line arguments.
 *
 * Numbers come back as numbers unless the option is declared a string; what
 * belongs to no option comes back under `_`.
 *
 * @param args As in `Deno.args`.
 * @throws {TypeError} For an alias without a value.
 */
export function parseArgs<
  const TBooleans extends BooleanName = undefined,
  const TStrings extends Name = undefined,
  const TCollectable extends Name = undefined,
  const TNegatable extends Name = undefined,
  const TDefaults extends Defaults = undefined,
  TDoubleDash extends boolean | undefined = undefined,
>(
  args: string[],
  options: ParseOptions<
    TBooleans,
    TStrings,
    TCollectable,
    TNegatable,
    TDefaults,
    TDoubleDash
  > = {},
): ParsedArgs<
  TBooleans,
  TStrings,
  TCollectable,
  TNegatable,
  TDefaults,
  TDoubleDash
> {
  const rules = readRules(options as ParseOptions);
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const after = end < 0 ? [] : args.slice(end + 1);
  const result = readArguments(own, rules, options.stopEarly === true);
  addAbsent(result, options.default ?? {}, rules);
  if (options["--"]) result["--"] = after;
  else result._.push(...after);
  return result as ReturnType<
    typeof parseArgs<
      TBooleans,
      TStrings,
      TCollectable,
      TNegatable,
      TDefaults,
      TDoubleDash
    >
  >;
}

type Result = { _: Array<string | number>; [name: string]: unknown };

function readArguments(
  args: readonly string[],
  rules: Rules,
  stopEarly: boolean,
): Result {
  const result: Result = { _: [] };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (/^-./s.test(arg)) {
      if (addOptions(result, arg, args[i + 1], rules)) i++;
      continue;
    }
    if (rules.unknown(arg) !== false) {
      result._.push(rules.strings.has("_") ? arg : toNumber(arg));
    }
    if (!stopEarly) continue;
    result._.push(...args.slice(i + 1));
    break;
  }
  return result;
}

/** Adds what `-abc` or `--name` says; tells whether it took the next argument. */
function addOptions(
  result: Result,
  arg: string,
  next: string | undefined,
  rules: Rules,
): boolean {
  const negated = arg.match(/^--no-([^=]+)$/s)?.[1];
  if (negated && rules.negatable.has(negated)) {
    for (const name of namesOf(negated, rules)) set(result, name, false);
    return false;
  }
  // `-abc` says the same as `-a -b -c`, of which the last may take a value.
  const options = /^-[A-Za-z]{2,}$/.test(arg)
    ? [...arg.slice(1)].map((letter) => `-${letter}`)
    : [arg];
  const values = options.slice(0, -1)
    .flatMap((option) => readOption(option, undefined, rules).values);
  const last = readOption(options.at(-1)!, next, rules);
  const written = last.tookNext ? next : arg.match(/=(.+)$/s)?.[1];
  for (const [key, value] of values) add(result, key, value, value, arg, rules);
  for (const [key, value] of last.values) {
    add(result, key, value, written ?? value, arg, rules);
  }
  return last.tookNext;
}

/** Adds one value under its name and aliases, if `unknown` has nothing against it. */
function add(
  result: Result,
  key: string,
  value: unknown,
  written: unknown,
  arg: string,
  rules: Rules,
): void {
  const refused = !isDeclared(key, arg, rules) &&
    rules.unknown(arg, key, written) === false;
  if (refused) return;
  const known = rules.strings.has(key) ? value : toNumber(value);
  for (const name of namesOf(key, rules)) {
    if (rules.collected.has(key)) collectInto(result, name, known);
    else set(result, name, known);
  }
}

/** What was not on the command line: defaults, `false`, empty lists. */
function addAbsent(
  result: Result,
  defaults: Record<string, unknown>,
  rules: Rules,
): void {
  for (const [key, value] of Object.entries(defaults)) {
    if (has(result, key)) continue;
    for (const name of namesOf(key, rules)) set(result, name, value);
  }
  for (const name of rules.booleans) {
    if (has(result, name)) continue;
    set(result, name, rules.collected.has(name) ? [] : false);
  }
  for (const name of rules.strings) {
    if (rules.collected.has(name) && !has(result, name)) set(result, name, []);
  }
}

function readRules(options: ParseOptions): Rules {
  const aliases = new Map<string, readonly string[]>();
  for (const [key, value] of Object.entries(options.alias ?? {})) {
    if (value === undefined) throw new TypeError("Alias value must be defined");
    const names = [key, ...list(value)];
    for (const name of names) {
      aliases.set(name, names.filter((other) => other !== name));
    }
  }
  const withAliases = (names: unknown) =>
    new Set(list(names).flatMap((name) => [name, ...aliases.get(name) ?? []]));
  return {
    aliases,
    allBooleans: options.boolean === true,
    booleans: withAliases(options.boolean),
    strings: withAliases(options.string),
    collected: withAliases(options.collect),
    negatable: withAliases(options.negatable),
    unknown: options.unknown ?? (() => true),
  };
}

function list(names: unknown): string[] {
  if (typeof names === "boolean") return [];
  return (Array.isArray(names) ? names : [names]).filter(Boolean);
}

const namesOf = (key: string, rules: Rules) => [
  key,
  ...rules.aliases.get(key) ?? [],
];

const isDeclared = (key: string, arg: string, rules: Rules) =>
  rules.booleans.has(key) || rules.strings.has(key) || rules.aliases.has(key) ||
  rules.allBooleans && /^--[^=]+$/.test(arg);

function toNumber<T>(value: T): T | number {
  if (typeof value !== "string" || !/\S/.test(value)) return value;
  return Number.isFinite(Number(value)) ? Number(value) : value;
}
