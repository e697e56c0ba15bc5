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
import { defaultAlias, fieldsOf, parseReference } from "./choose.ts";
import { coerceTexts } from "./coerce.ts";
import {
  type ConnectionsFile,
  readConnectionsFile,
} from "./connections_file.ts";
import type { ResolvedConnection } from "./resolved.ts";
import { secretsOf } from "./secrets.ts";
import { substituteVariables } from "./substitute.ts";
import { loadVariables, type Variables } from "./variables.ts";

export { parseReference };

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
