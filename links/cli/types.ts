/**
 * Types of {@linkcode parseArgs}: the names given in the options decide what
 * the result holds.
 *
 * Never wider than the real package's, so code that passes against these
 * passes against those. Names with dots and aliases come back as `unknown`.
 *
 * @module
 */

/** A name, `true` for all booleans, or nothing. */
export type BooleanName = boolean | string | undefined;
/** A name, or nothing. */
export type Name = string | undefined;
/** Defaults by name. */
export type Defaults = Record<string, unknown> | undefined;

/** Names of options by kind, defaults and switches. */
export interface ParseOptions<
  TBooleans extends BooleanName = BooleanName,
  TStrings extends Name = Name,
  TCollectable extends Name = Name,
  TNegatable extends Name = Name,
  TDefaults extends Defaults = Defaults,
  TDoubleDash extends boolean | undefined = boolean | undefined,
> {
  /** Whether what follows `--` comes back under that name. Default: `false`. */
  "--"?: TDoubleDash;
  /** Other names of an option. */
  alias?: Record<string, string | readonly string[]>;
  /** Options without a value; `true` for all. They are `false` when absent. */
  boolean?: TBooleans | ReadonlyArray<Extract<TBooleans, string>>;
  /** What an absent option comes back as. */
  default?: TDefaults;
  /** Whether everything after the first operand is an operand. Default: `false`. */
  stopEarly?: boolean;
  /** Options whose value stays text. */
  string?: TStrings | ReadonlyArray<Extract<TStrings, string>>;
  /** Options that may be repeated; of others the last one counts. */
  collect?: TCollectable | ReadonlyArray<Extract<TCollectable, string>>;
  /** Options that `--no-<name>` sets to `false`. */
  negatable?: TNegatable | ReadonlyArray<Extract<TNegatable, string>>;
  /** Asked about each argument that no option declares; `false` drops it. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

type Flat<T> = { [K in keyof T]: T[K] };
type Text<T> = Extract<T, string>;
type OrFalse<K, TNegatable> = K extends TNegatable ? false : never;

type Strings<TStrings, TCollectable, TNegatable> =
  & {
    [K in Exclude<Text<TStrings>, TCollectable>]?:
      | string
      | OrFalse<K, TNegatable>;
  }
  & {
    [K in Extract<Text<TStrings>, TCollectable>]:
      | string[]
      | OrFalse<K, TNegatable>;
  };

type Booleans<TBooleans, TCollectable> =
  & { [K in Exclude<Text<TBooleans>, TCollectable>]: boolean }
  & { [K in Extract<Text<TBooleans>, TCollectable>]: boolean[] };

type Values<TBooleans, TStrings, TCollectable, TNegatable> =
  & Strings<TStrings, TCollectable, TNegatable>
  & Booleans<TBooleans, TCollectable>
  & {
    [K in Exclude<Text<TCollectable>, TStrings | TBooleans>]?: unknown[];
  };

type WithDefaults<TValues, TDefaults> = TDefaults extends undefined ? TValues
  :
    & Omit<TValues, keyof TDefaults>
    & {
      [K in keyof TDefaults]: K extends keyof TValues
        ? NonNullable<TValues[K]> | TDefaults[K]
        : unknown;
    };

/** What `parseArgs` returns. */
export type Args<
  TValues = Record<never, never>,
  TDoubleDash extends boolean | undefined = undefined,
> = Flat<
  & TValues
  & { [name: string]: unknown; _: Array<string | number> }
  & (TDoubleDash extends true ? { "--": string[] } : Record<never, never>)
>;

/** The result for given options. */
export type ParsedArgs<
  TBooleans extends BooleanName,
  TStrings extends Name,
  TCollectable extends Name,
  TNegatable extends Name,
  TDefaults extends Defaults,
  TDoubleDash extends boolean | undefined,
> = Args<
  WithDefaults<
    Values<TBooleans, TStrings, TCollectable, TNegatable>,
    TDefaults
  >,
  TDoubleDash
>;
