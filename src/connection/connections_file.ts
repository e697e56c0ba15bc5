/**
 * Finds and reads `osiris_connections.yaml`, variables not yet replaced.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { childPath } from "../describe.ts";
import { OsirisError } from "../error.ts";
import { FaultList } from "../fault_list.ts";
import { copyPlainTree } from "../manifest/plain_tree.ts";
import { readText } from "../manifest/read_text.ts";
import { readYaml } from "../manifest/read_yaml.ts";
import { isGranted, missingFlag } from "../permission.ts";
import { optionalVariable } from "./variables.ts";

/** Its name where it is looked for. */
export const CONNECTIONS_FILE = "osiris_connections.yaml";

/** Fields by alias by family, as written. */
export type Families = ReadonlyMap<
  string,
  ReadonlyMap<string, Readonly<Record<string, unknown>>>
>;

/** A connections file, or what is known when there is none. */
export interface ConnectionsFile {
  /** Absolute path; null when there is none. */
  readonly path: string | null;
  readonly families: Families;
  /** Flags without which places could not be looked at. */
  readonly notLookedAt: readonly string[];
}

/** Where to look. */
export interface FindOptions {
  readonly cwd: string;
  /** This file and no other; it must be there. Relative to `cwd`. */
  readonly path?: string;
}

/**
 * Reads the first that is there: in `$OSIRIS_HOME`, in `cwd`, in its parent.
 *
 * @throws {OsirisError} `connection/unreadable`, `connection/invalid`,
 * `permission/missing` (for `path`)
 */
export async function readConnectionsFile(
  options: FindOptions,
): Promise<ConnectionsFile> {
  const { cwd, path } = options;
  const home = optionalVariable("OSIRIS_HOME");
  const places = path !== undefined
    ? [resolve(cwd, path)]
    : [...(home === undefined ? [] : [home]), cwd, dirname(cwd)]
      .map((folder) => join(resolve(cwd, folder), CONNECTIONS_FILE));
  const notLookedAt: string[] = [];
  for (const place of new Set(places)) {
    if (path === undefined && !isGranted("read", place)) {
      notLookedAt.push(missingFlag("read", place));
      continue;
    }
    const text = await readText(place, {
      action: "read connections",
      code: "connection/unreadable",
      mayBeEmpty: true,
    });
    if (text !== undefined) {
      return {
        path: place,
        families: parseConnections(text, place),
        notLookedAt,
      };
    }
  }
  if (path === undefined) {
    return { path: null, families: new Map(), notLookedAt };
  }
  throw new OsirisError(
    "connection/unreadable",
    `Cannot read connections: ${path}: there is no such file`,
    { hint: "Correct the name given as --connections" },
  );
}

/**
 * Reads the text of a connections file.
 *
 * @param path For messages.
 * @throws {OsirisError} `connection/invalid` with all faults
 */
export function parseConnections(text: string, path: string): Families {
  const subject = `read connections: ${path}`;
  const document = readYaml(text, subject, "connection/invalid");
  const faults = new FaultList();
  const plain = copyPlainTree(document ?? {}, faults, subject, "connection");
  const families = new Map<string, Map<string, Record<string, unknown>>>();
  const top = mapAt(plain, "", faults);
  checkKeys(top, faults);
  for (
    const [family, aliases] of mapsIn(
      top.connections ?? {},
      "connections",
      faults,
    )
  ) {
    const path = childPath("connections", family);
    families.set(family, new Map(mapsIn(aliases, path, faults)));
  }
  faults.throwIfAny("connection/invalid", subject);
  return families;
}

function checkKeys(
  top: Readonly<Record<string, unknown>>,
  faults: FaultList,
): void {
  for (const key of Object.keys(top)) {
    if (key === "connections" || key === "version" || key === "$schema") {
      continue;
    }
    faults.add(
      "connection/invalid",
      key,
      "unknown key",
      "Put families under connections",
    );
  }
}

function mapsIn(
  value: unknown,
  path: string,
  faults: FaultList,
): [string, Record<string, unknown>][] {
  return Object.entries(mapAt(value, path, faults)).map(([key, item]) => [
    key,
    mapAt(item, childPath(path, key), faults),
  ]);
}

function mapAt(
  value: unknown,
  path: string,
  faults: FaultList,
): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  // The value itself may be a secret.
  const kind = Array.isArray(value)
    ? "a list"
    : value === null
    ? "nothing"
    : `a ${typeof value}`;
  faults.add(
    "connection/invalid",
    path || "(top)",
    `expected a map, got ${kind}`,
  );
  return {};
}
