/**
 * Replaces `${VAR}` and `${VAR:-default}` in the fields of a connection.
 *
 * @module
 */
import { childPath } from "../describe.ts";

/** A copy of a value, and what could not be replaced. */
export interface Substituted {
  readonly value: unknown;
  /** Variables that have no value and no default. */
  readonly unset: readonly {
    readonly variable: string;
    readonly field: string;
  }[];
  /** Paths of the texts that were replaced. */
  readonly replaced: ReadonlySet<string>;
}

const REFERENCE = /\$\{([^}]*)\}/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/;

/**
 * Replaces every reference in every text of `fields`, lists and maps included.
 *
 * A variable that is set to nothing counts as unset. A reference that is no
 * variable's name (`${a-b}`) stays as it is.
 */
export function substituteVariables(
  fields: unknown,
  lookUp: (name: string) => string | undefined,
): Substituted {
  const unset: { variable: string; field: string }[] = [];
  const replaced = new Set<string>();
  return { value: replace(fields, ""), unset, replaced };

  function replace(value: unknown, path: string): unknown {
    if (typeof value === "string") return replaceText(value, path);
    if (Array.isArray(value)) {
      return value.map((item, index) => replace(item, childPath(path, index)));
    }
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map((
        [key, item],
      ) => [key, replace(item, childPath(path, key))]),
    );
  }

  function replaceText(text: string, path: string): string {
    return text.replace(REFERENCE, (all, inner: string) => {
      const match = inner.match(NAME);
      if (match === null) return all;
      replaced.add(path);
      const [, variable, standard] = match;
      const value = lookUp(variable);
      if (value !== undefined && value !== "") return value;
      if (standard !== undefined) return standard;
      unset.push({ variable, field: path });
      return "";
    });
  }
}
