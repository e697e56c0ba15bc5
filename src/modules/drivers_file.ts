/**
 * `osiris.drivers.yaml`: names for drivers of the user's.
 *
 * ```yaml
 * drivers:
 *   weather.extractor: ./drivers/weather.ts
 *   geo.transform: https://example.org/geo.js#sha256=…
 * ```
 *
 * @module
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { childPath } from "../describe.ts";
import { FaultList } from "../fault_list.ts";
import { copyPlainTree } from "../manifest/plain_tree.ts";
import { readText } from "../manifest/read_text.ts";
import { readYaml } from "../manifest/read_yaml.ts";
import { isGranted, missingFlag } from "../permission.ts";
import { checkSchema } from "../schema/check.ts";
import { isModuleReference } from "./place.ts";

/** Its name where it is looked for. */
export const DRIVERS_FILE = "osiris.drivers.yaml";

/** Names and what they stand for. */
export interface NamedModules {
  /** Absolute path; null when there is no such file. */
  readonly path: string | null;
  /** Reference by name. */
  readonly modules: ReadonlyMap<string, string>;
  /** What relative references count from. */
  readonly base: URL;
  /** Flags without which places could not be looked at. */
  readonly notLookedAt: readonly string[];
}

const schema = {
  type: "object",
  title: "a map with the key drivers",
  additionalProperties: false,
  required: ["drivers"],
  properties: {
    $schema: { type: "string" },
    drivers: {
      type: "object",
      propertyNames: {
        type: "string",
        title: 'a name such as "weather.extractor"',
        pattern: "^[a-z][a-z0-9_-]*(\\.[a-z0-9_-]+)+$",
      },
      additionalProperties: { type: "string", minLength: 1 },
    },
  },
};

/**
 * Reads the first that is there of `folders`.
 *
 * @throws {OsirisError} `manifest/unreadable`, `manifest/invalid`
 */
export async function readDriversFile(
  folders: readonly string[],
): Promise<NamedModules> {
  const notLookedAt: string[] = [];
  for (const folder of new Set(folders)) {
    const path = join(folder, DRIVERS_FILE);
    if (!isGranted("read", path)) {
      notLookedAt.push(missingFlag("read", path));
      continue;
    }
    const text = await readText(path, {
      action: "read drivers",
      code: "manifest/unreadable",
    });
    if (text === undefined) continue;
    const modules = parse(text, path);
    return { path, modules, base: pathToFileURL(path), notLookedAt };
  }
  const base = pathToFileURL("/");
  return { path: null, modules: new Map(), base, notLookedAt };
}

function parse(text: string, path: string): Map<string, string> {
  const subject = `read drivers: ${path}`;
  const document = readYaml(text, subject, "manifest/unreadable");
  const faults = new FaultList();
  const plain = copyPlainTree(document, faults, subject);
  const { value, faults: found } = checkSchema(schema, plain, "");
  faults.addAll("manifest/invalid", found);
  const drivers = faults.isEmpty
    ? (value as { drivers: Record<string, string> }).drivers
    : {};
  for (const [name, reference] of Object.entries(drivers)) {
    if (isModuleReference(reference)) continue;
    faults.add(
      "manifest/invalid",
      childPath("drivers", name),
      "expected a path that begins with ./, an https URL, npm: or jsr:",
    );
  }
  faults.throwIfAny("manifest/invalid", subject);
  return new Map(Object.entries(drivers));
}
