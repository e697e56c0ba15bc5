/**
 * Which connection a reference means, and what is said when it means none.
 *
 * @module
 */
import { quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { didYouMean } from "../suggest.ts";
import { CONNECTIONS_FILE, type ConnectionsFile } from "./connections_file.ts";

/**
 * Splits `@family.alias` at the first dot; an alias may hold dots.
 *
 * @throws {OsirisError} `connection/invalid`
 */
export function parseReference(
  reference: string,
): { family: string; alias: string } {
  const match = reference.match(/^@([^.]+)\.(.+)$/);
  if (match !== null) return { family: match[1], alias: match[2] };
  throw new OsirisError(
    "connection/invalid",
    `Cannot resolve connection: ${quoted(reference)} is not "@family.alias"`,
    { hint: 'Write it as "@family.alias", such as "@mysql.shop"' },
  );
}

/** The fields of an alias, as written. @throws {OsirisError} `connection/unknown` */
export function fieldsOf(
  family: string,
  alias: string,
  file: ConnectionsFile,
): Readonly<Record<string, unknown>> {
  const name = `@${family}.${alias}`;
  const aliases = file.families.get(family);
  const fields = aliases?.get(alias);
  if (fields !== undefined) return fields;
  if (aliases === undefined) throw unknownFamily(name, family, file);
  throw new OsirisError(
    "connection/unknown",
    `Cannot resolve connection ${
      quoted(name)
    }: the family "${family}" has no alias "${alias}" in ${file.path}`,
    { hint: didYouMean(alias, aliases.keys()) },
  );
}

function unknownFamily(
  name: string,
  family: string,
  file: ConnectionsFile,
): OsirisError {
  if (file.path !== null) {
    return new OsirisError(
      "connection/unknown",
      `Cannot resolve connection ${
        quoted(name)
      }: there is no family "${family}" in ${file.path}`,
      {
        hint: didYouMean(family, file.families.keys()) ??
          `Add connections.${family} to it`,
      },
    );
  }
  const [flag] = file.notLookedAt;
  return new OsirisError(
    flag === undefined ? "connection/unknown" : "permission/missing",
    `Cannot resolve connection ${
      quoted(name)
    }: there is no ${CONNECTIONS_FILE}${
      flag === undefined ? "" : " that this process may read"
    }`,
    {
      hint: flag === undefined
        ? "Write one in the working directory, or name one with --connections"
        : `Add ${flag}, or name the file with --connections`,
    },
  );
}

/**
 * The alias with `default: true`, else the one named `default`.
 *
 * @throws {OsirisError} `connection/unknown`, `connection/invalid` if two are marked
 */
export function defaultAlias(family: string, file: ConnectionsFile): string {
  const aliases = file.families.get(family);
  if (aliases === undefined) throw unknownFamily(`@${family}`, family, file);
  const marked = [...aliases].filter(([, fields]) => fields.default === true)
    .map(([alias]) => alias);
  if (marked.length > 1) {
    throw new OsirisError(
      "connection/invalid",
      `Cannot resolve connection "@${family}": ${
        marked.map(quoted).join(" and ")
      } are both marked as default in ${file.path}`,
      { hint: "Leave default: true with one of them" },
    );
  }
  if (marked.length === 1) return marked[0];
  if (aliases.has("default")) return "default";
  const names = [...aliases.keys()].map(quoted).join(", ");
  throw new OsirisError(
    "connection/unknown",
    `Cannot resolve connection "@${family}": none of ${names} is the default`,
    {
      hint:
        `Name one in the step's config (connection: "@${family}.${aliases.keys().next().value}"), ` +
        "mark one with default: true, or name one default",
    },
  );
}
