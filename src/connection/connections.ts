/**
 * Connections by reference: choice, variables, check and secrets.
 *
 * @module
 */
import { childPath, quoted } from "../describe.ts";
import type { DriverSpec } from "../driver/spec.ts";
import { OsirisError } from "../error.ts";
import { FaultList } from "../fault_list.ts";
import { checkSchema } from "../schema/check.ts";
import { didYouMean } from "../suggest.ts";
import { coerceTexts } from "./coerce.ts";
import {
  CONNECTIONS_FILE,
  type ConnectionsFile,
  readConnectionsFile,
} from "./connections_file.ts";
import type { ResolvedConnection } from "./resolved.ts";
import { secretsOf } from "./secrets.ts";
import { substituteVariables } from "./substitute.ts";
import { loadVariables, type Variables } from "./variables.ts";

/** What a driver says about its connection. */
export type ConnectionSpec = NonNullable<DriverSpec["connection"]>;

/** The connections of a run; an alias is resolved only when it is asked for. */
export interface Connections {
  readonly file: ConnectionsFile;
  readonly variables: Variables;
  /**
   * The connection that a step asks for, variables replaced and fields checked.
   *
   * @param reference `@family.alias`, or null for the family's default.
   * @throws {OsirisError} `connection/unknown`, `connection/unset-variable`,
   * `connection/invalid`, `permission/missing`
   */
  resolve(reference: string | null, spec: ConnectionSpec): ResolvedConnection;
}

/** Where connections and variables come from. */
export interface ConnectionsOptions {
  readonly cwd: string;
  /** A connections file to use instead of looking for one. */
  readonly path?: string;
  /** A `.env` file to use instead of looking for some. */
  readonly envFile?: string;
}

/**
 * Reads the connections file and the `.env` files.
 *
 * @throws {OsirisError} `connection/unreadable`, `connection/invalid`, `permission/missing`
 */
export async function loadConnections(
  options: ConnectionsOptions,
): Promise<Connections> {
  const { cwd, path, envFile } = options;
  const [file, variables] = await Promise.all([
    readConnectionsFile({ cwd, ...(path !== undefined && { path }) }),
    loadVariables({ cwd, ...(envFile !== undefined && { envFile }) }),
  ]);
  return {
    file,
    variables,
    resolve: (reference, spec) =>
      resolveConnection(reference, spec, file, variables),
  };
}

/** Splits `@family.alias` at the first dot; an alias may hold dots. */
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

function resolveConnection(
  reference: string | null,
  spec: ConnectionSpec,
  file: ConnectionsFile,
  variables: Variables,
): ResolvedConnection {
  const { family, alias } = reference === null
    ? { family: spec.family, alias: defaultAlias(spec.family, file) }
    : parseReference(reference);
  const name = `@${family}.${alias}`;
  const { default: _, ...written } = fieldsOf(family, alias, file);
  const { value, unset, replaced } = substituteVariables(
    written,
    (variable) => variables.get(variable),
  );
  if (unset.length > 0) throw unsetError(unset, name, variables.notLookedAt);
  const coerced = coerceTexts(value, spec.fields, replaced, "");
  const { value: fields, faults } = checkSchema(spec.fields, coerced, "");
  const list = new FaultList();
  list.addAll(
    "connection/invalid",
    faults.map((fault) => ({
      ...fault,
      path: childPath(name, fault.path).replace(/^\["(.*?)"\]/, "$1"),
    })),
  );
  list.throwIfAny("connection/invalid", `resolve connection ${quoted(name)}`);
  return {
    family,
    alias,
    fields: fields as Record<string, unknown>,
    written: coerced as Record<string, unknown>,
    secrets: secretsOf(fields as Record<string, unknown>, spec.secrets),
  };
}

function unsetError(
  unset: readonly { variable: string; field: string }[],
  name: string,
  [hidden]: readonly string[],
): OsirisError {
  const [{ variable, field }] = unset;
  const others = unset.length - 1;
  return new OsirisError(
    "connection/unset-variable",
    `Cannot resolve connection ${
      quoted(name)
    }: environment variable "${variable}" for field "${field}" is not set${
      others > 0 ? `, nor ${others} more` : ""
    }`,
    {
      hint:
        `Set ${variable} in the environment or in .env, or write \${${variable}:-default}${
          hidden === undefined
            ? ""
            : `; to have ${hidden} read, add --allow-read=${hidden}`
        }`,
      details: { variable, field, connection: name },
      faults: unset.map((item) => ({
        path: `${name}.${item.field}`,
        message: `environment variable "${item.variable}" is not set`,
      })),
    },
  );
}

function fieldsOf(
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

/** The alias with `default: true`, else the one named `default`. */
function defaultAlias(family: string, file: ConnectionsFile): string {
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
