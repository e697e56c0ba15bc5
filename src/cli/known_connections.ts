/**
 * The connections of a connections file, chosen by reference, `--family` or
 * `--alias`.
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
import { printable, type Terminal } from "./terminal.ts";

/** A connection as written. */
export interface WrittenConnection {
  /** `@family.alias` */
  readonly reference: string;
  readonly family: string;
  readonly alias: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads the file and picks the connections asked for; says it when there is none at all. */
export async function knownConnections(
  args: Arguments,
  terminal: Terminal,
): Promise<{ path: string; connections: WrittenConnection[] }> {
  const given = args.text("connections");
  const file = await readConnectionsFile({
    cwd: Deno.cwd(),
    ...(given !== undefined && { path: given }),
  });
  const { path } = file;
  if (path === null) throw noFile(file);
  const all = [...file.families].flatMap(([family, aliases]) =>
    [...aliases].map(([alias, fields]) => ({
      reference: `@${family}.${alias}`,
      family,
      alias,
      fields,
    }))
  );
  const wanted = {
    reference: args.positionals[0],
    family: args.text("family"),
    alias: args.text("alias"),
  };
  const connections = all.filter((one) =>
    KEYS.every((key) => wanted[key] === undefined || one[key] === wanted[key])
  );
  if (all.length === 0) {
    terminal.err(printable(`there are no connections in ${path}\n`));
  } else if (connections.length === 0) throw noneFits(path, wanted, all);
  return { path, connections };
}

/** What connections are chosen by, the first first to blame. */
const KEYS = ["reference", "family", "alias"] as const;

function noneFits(
  path: string,
  wanted: Readonly<Record<typeof KEYS[number], string | undefined>>,
  all: readonly WrittenConnection[],
): OsirisError {
  const names = (key: typeof KEYS[number]): Set<string> =>
    new Set(all.map((one) => one[key]));
  const wrong = KEYS.find((key) =>
    wanted[key] !== undefined && !names(key).has(wanted[key])
  );
  const hint = wrong && didYouMean(wanted[wrong]!, names(wrong));
  return new OsirisError(
    "connection/unknown",
    `Cannot find connections: none fits in ${path}`,
    { ...(hint !== undefined && { hint }) },
  );
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
