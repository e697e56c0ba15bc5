/**
 * `osiris connections list`.
 *
 * @module
 */
import { drivers } from "../../mod.ts";
import { createMasker } from "../connection/masker.ts";
import { secretsOf } from "../connection/secrets.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import {
  knownConnections,
  type WrittenConnection,
} from "./known_connections.ts";
import { columns, printable } from "./terminal.ts";

/** Lists connections as written, without resolving variables or showing secrets. */
export const action: CommandAction = async ({ args, terminal }) => {
  const { path, connections } = await knownConnections(args, terminal);
  const masked = connections.map((one) => ({
    ...one,
    fields: withoutSecrets(one),
  }));
  if (args.has("json")) {
    printJson(terminal, {
      file: path,
      connections: masked.map((
        { reference, fields: { default: isDefault, ...fields } },
      ) => ({
        reference,
        default: isDefault === true,
        fields,
      })),
    });
  } else {
    terminal.out(
      printable(
        columns(
          masked.map(({ reference, fields }) => [reference, shown(fields)]),
        ),
      ),
    );
  }
  return 0;
};

function shown(
  { default: isDefault, ...fields }: Readonly<Record<string, unknown>>,
): string {
  const pairs = Object.entries(fields).map(([key, value]) =>
    `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`
  );
  return [...(isDefault === true ? ["(default)"] : []), ...pairs].join(" ");
}

/** Fields that are shown of a family whose driver, and so whose secrets, nobody here knows. */
const PLAIN: ReadonlySet<string> = new Set([
  "default",
  "host",
  "port",
  "database",
  "schema",
  "user",
  "username",
]);

/** Masks by value: a secret that is nothing but `${VAR}` is none. */
function withoutSecrets(
  { family, fields }: WrittenConnection,
): Record<string, unknown> {
  const specs = [...drivers.values()].map(({ spec }) => spec.connection)
    .filter((connection) => connection?.family === family);
  const named = specs.length === 0
    ? Object.keys(fields).filter((key) => !PLAIN.has(key))
    : specs.flatMap((connection) => connection!.secrets);
  const secrets = new Set(
    secretsOf(fields, named).filter((value) => !/^\$\{\w+\}$/.test(value)),
  );
  const mask = createMasker(secrets);
  const replace = (value: unknown): unknown => {
    if (typeof value === "string" || typeof value === "number") {
      return secrets.has(String(value))
        ? "***"
        : typeof value === "string"
        ? mask(value)
        : value;
    }
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, replace(item)]),
    );
  };
  return replace(fields) as Record<string, unknown>;
}
