/**
 * The connections of a connections file, chosen by `--family` and `--alias`.
 *
 * @module
 */
import {
  type ConnectionsFile,
  readConnectionsFile,
} from "../connection/connections_file.ts";
import { OsirisError } from "../error.ts";
import { didYouMean } from "../suggest.ts";
import type { Arguments } from "./options.ts";

/** A connection as written. */
export interface WrittenConnection {
  /** `@family.alias` */
  readonly reference: string;
  readonly family: string;
  readonly alias: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads the file and picks the connections asked for. */
export async function knownConnections(
  args: Arguments,
): Promise<{ file: ConnectionsFile; connections: WrittenConnection[] }> {
  const path = args.text("connections");
  const file = await readConnectionsFile({
    cwd: Deno.cwd(),
    ...(path !== undefined && { path }),
  });
  if (file.path === null) throw noFile(file);
  const all = [...file.families].flatMap(([family, aliases]) =>
    [...aliases].map(([alias, fields]) => ({
      reference: `@${family}.${alias}`,
      family,
      alias,
      fields,
    }))
  );
  const family = args.text("family");
  const alias = args.text("alias");
  const connections = all.filter((one) =>
    (family === undefined || one.family === family) &&
    (alias === undefined || one.alias === alias)
  );
  if (connections.length === 0 && (family ?? alias) !== undefined) {
    const names = family !== undefined && !file.families.has(family)
      ? didYouMean(family, file.families.keys())
      : didYouMean(alias ?? "", all.map((one) => one.alias));
    throw new OsirisError(
      "connection/unknown",
      `Cannot find connections: none fits in ${file.path}`,
      {
        ...(names !== undefined && { hint: names }),
      },
    );
  }
  return { file, connections };
}

function noFile({ notLookedAt: [flag] }: ConnectionsFile): OsirisError {
  return flag === undefined
    ? new OsirisError(
      "connection/unreadable",
      "Cannot read connections: there is no osiris_connections.yaml",
      {
        hint:
          "Write one in the working directory, or name one with --connections",
      },
    )
    : new OsirisError(
      "permission/missing",
      "Cannot read connections: this process may not read osiris_connections.yaml",
      {
        hint: `Add ${flag}`,
      },
    );
}
