/**
 * `osiris.lock.json`: the locks of the manifests beside it, by their names.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { OsirisError } from "../error.ts";
import { fileError } from "../host/file_error.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { checkSchema } from "../schema/check.ts";
import type { LockedManifest } from "./lock.ts";

/** Its name. */
export const LOCK_FILE = "osiris.lock.json";

/** Where the lock of a manifest is. */
export interface LockPlace {
  /** Absolute path of the file. */
  readonly path: string;
  /** What the manifest is called in it. */
  readonly name: string;
}

const texts = { type: "array", items: { type: "string" } };
const text = { type: "string" };
const textOrNone = { type: ["string", "null"] };

const schema = {
  type: "object",
  additionalProperties: false,
  required: ["version", "manifests"],
  properties: {
    version: { const: 1 },
    manifests: {
      type: "object",
      additionalProperties: {
        type: "object",
        additionalProperties: false,
        required: ["hash", "steps"],
        properties: {
          hash: { type: "string", pattern: "^[0-9a-f]{64}$" },
          steps: {
            type: "object",
            additionalProperties: {
              type: "object",
              additionalProperties: false,
              required: [
                "driver",
                "name",
                "version",
                "sha256",
                "isolation",
                "connection",
                "net",
                "read",
                "write",
                "import",
                "opens",
                "fills",
              ],
              properties: {
                driver: text,
                name: text,
                version: text,
                sha256: textOrNone,
                isolation: text,
                connection: textOrNone,
                net: texts,
                read: texts,
                write: texts,
                import: texts,
                opens: texts,
                fills: texts,
              },
            },
          },
        },
      },
    },
  },
};

/**
 * Where the lock of a manifest is: beside it, or in the working directory when
 * it comes from elsewhere.
 */
export function lockPlace(manifest: Manifest, cwd: string): LockPlace {
  const { source } = manifest;
  const isRemote = source !== null && /^https?:/i.test(source);
  const [file] = source === null || isRemote ? [] : manifest.files;
  return file === undefined
    ? { path: resolve(cwd, LOCK_FILE), name: source ?? manifest.name }
    : { path: join(dirname(file), LOCK_FILE), name: basename(file) };
}

/**
 * Reads the lock of a manifest.
 *
 * @throws {OsirisError} `run/drift` when there is none, or it is malformed;
 * `permission/missing` when the file may not be read
 */
export function readLock({ path, name }: LockPlace): LockedManifest {
  const all = readAll(path);
  if (all === undefined || !Object.hasOwn(all, name)) {
    throw new OsirisError(
      "run/drift",
      `Cannot read lock: ${path}: ${
        all === undefined
          ? "there is no such file"
          : `it does not hold "${name}"`
      }`,
      { hint: "Run `osiris lock` and look at what it locks" },
    );
  }
  return all[name];
}

/**
 * Writes the lock of a manifest, beside those of others.
 *
 * @throws {OsirisError} `file/…`, `permission/missing`
 */
export function writeLock(
  { path, name }: LockPlace,
  lock: LockedManifest,
): void {
  const manifests = { ...readAll(path), [name]: lock };
  const sorted = Object.fromEntries(
    Object.entries(manifests).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const partial = `${path}.partial`;
  try {
    const text = JSON.stringify({ version: 1, manifests: sorted }, null, 2);
    Deno.writeTextFileSync(partial, `${text}\n`);
    Deno.renameSync(partial, path);
  } catch (thrown) {
    throw fileError(thrown, "write", path);
  }
}

function readAll(path: string): Record<string, LockedManifest> | undefined {
  let content: string;
  try {
    content = Deno.readTextFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw fileError(thrown, "read", path);
  }
  try {
    const { value, faults } = checkSchema(schema, JSON.parse(content), "");
    if (faults.length === 0) {
      return (value as { manifests: Record<string, LockedManifest> }).manifests;
    }
    throw new SyntaxError(`${faults[0].path}: ${faults[0].message}`);
  } catch (cause) {
    throw new OsirisError(
      "run/drift",
      `Cannot read lock: ${path}: ${(cause as Error).message}`,
      {
        cause,
        hint: "Run `osiris lock` anew, or take the file from version control",
      },
    );
  }
}
