/**
 * Reads one command-line option, and its value if the next argument is that,
 * with minimist.
 *
 * Why one at a time: minimist gathers repeated options into an array, takes
 * every `--no-x` for a negation and names no key to its `unknown` callback,
 * all of which `@std/cli` does otherwise.
 *
 * @module
 */
// @ts-types="npm:@types/minimist@1.2.5"
import minimist from "npm:minimist@1.2.8";

/** The names declared in the options, aliases included. */
export interface Declared {
  /** Every name that has others, with those others. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
  /** Names without a value. */
  readonly booleans: ReadonlySet<string>;
  /** Names whose value stays text. */
  readonly strings: ReadonlySet<string>;
  /** Whether every undeclared `--name` is a boolean. */
  readonly allBooleans: boolean;
}

/** What one option said. */
export interface OptionRead {
  /** Values by name as written; a group of letters gives several. */
  readonly values: [key: string, value: unknown][];
  /** Whether the next argument was its value. */
  readonly tookNext: boolean;
}

// To minimist a leading "no-" negates, dots nest, a trailing "=" is no part of
// the name, and `toString` is a crash. Names go in with marks and come out plain.
const front = "\uE001", dot = "\uE002", equals = "\uE003";

const hide = (name: string) =>
  name.length < 2
    ? name
    : front + name.replaceAll(".", dot).replace(/=$/, equals);

const reveal = (name: string) =>
  name.replace(front, "").replaceAll(dot, ".").replace(equals, "=");

const isValue = (arg: string, next: string) =>
  arg.startsWith("--") ? !next.startsWith("-") : !/^--?[^-]/.test(next);

/** Reads the option `arg`, which may be followed by `next`. */
export function readOption(
  arg: string,
  next: string | undefined,
  declared: Declared,
): OptionRead {
  const unset = {};
  const booleans = [...declared.booleans].map(hide);
  const follower = next !== undefined && next !== "" && isValue(arg, next)
    ? [next]
    : [];
  const read = minimist([hideName(arg), ...follower], {
    boolean: declared.allBooleans ? true : booleans,
    string: ["_", ...declared.strings].map(hide),
    default: Object.fromEntries(booleans.map((name) => [name, unset])),
  });
  const { _: operands, ...values } = read;
  return {
    values: Object.entries(values)
      .filter(([, value]) => value !== unset)
      .map(([key, value]) => [reveal(key), last(value)]),
    tookNext: follower.length > 0 && operands.length === 0,
  };
}

function hideName(arg: string): string {
  const [, dashes, name, rest] = arg.match(/^(--?)([^=]*=?$|[^=]*)(.*)$/s)!;
  return dashes === "--" ? dashes + hide(name) + rest : arg;
}

// A letter repeated in a group comes as an array, like any repeated option.
const last = (value: unknown) => Array.isArray(value) ? value.at(-1) : value;
