/**
 * A package as a JSR registry would hold it: its name, its exports, and the
 * files that `deno publish` would send.
 *
 * @module
 */
import { join, relative, resolve, sep } from "node:path";

/** What is published. */
export interface JsrPackage {
  /** `@scope/name`. */
  readonly name: string;
  /** As in deno.json. */
  readonly version: string;
  /** Files by export, `{ ".": "./mod.ts" }`. */
  readonly exports: Readonly<Record<string, string>>;
  /** Contents by path, which begins with a slash. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

interface Config {
  name: string;
  version: string;
  exports: string | Record<string, string>;
  exclude?: string[];
  publish?: { include?: string[]; exclude?: string[] };
}

/** Never published, whatever deno.json says. */
const UNPUBLISHED = new Set([".git", "node_modules", ".DS_Store"]);

/**
 * Reads the package in a folder.
 *
 * Files are chosen by `exclude`, `publish.include` and `publish.exclude` of its
 * deno.json. What .gitignore names is not left out, so a folder without
 * `publish.include` may give more than `deno publish` would send.
 */
export async function readPackage(folder: string): Promise<JsrPackage> {
  const config: Config = JSON.parse(
    await Deno.readTextFile(join(folder, "deno.json")),
  );
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const path of (await publishedFiles(folder, config)).sort()) {
    files.set(`/${path}`, await Deno.readFile(join(folder, path)));
  }
  const { name, version, exports } = config;
  return {
    name,
    version,
    exports: typeof exports === "string" ? { ".": exports } : exports,
    files,
  };
}

/** Relative paths, with slashes, of the files to publish. */
async function publishedFiles(
  folder: string,
  { exclude = [], publish = {} }: Config,
): Promise<string[]> {
  const root = resolve(folder);
  const included = publish.include?.map((path) => resolve(root, path));
  const excluded = [...exclude, ...publish.exclude ?? []]
    .map((path) => resolve(root, path));
  const paths: string[] = [];
  async function walk(at: string): Promise<void> {
    for await (const { name, isDirectory, isFile } of Deno.readDir(at)) {
      const path = join(at, name);
      if (UNPUBLISHED.has(name) || isCovered(path, excluded)) continue;
      if (isDirectory) await walk(path);
      else if (isFile && (isConfig(root, path) || isCovered(path, included))) {
        paths.push(relative(root, path).replaceAll(sep, "/"));
      }
    }
  }
  await walk(root);
  return paths;
}

const isConfig = (root: string, path: string) =>
  path === join(root, "deno.json");

/** Whether a path is one of these, lies in one, or matches one; without any it is. */
function isCovered(path: string, by: readonly string[] | undefined): boolean {
  return by === undefined ||
    by.some((pattern) =>
      path === pattern || path.startsWith(pattern + sep) ||
      glob(pattern).test(path)
    );
}

/** `**` for any folders, `*` and `?` within a name. node:path's own wants env. */
function glob(pattern: string): RegExp {
  const source = pattern.replace(
    /\*\*\/|\*\*|[*?]|[.+^${}()|[\]\\]/g,
    (part) => {
      if (part === "**/") return "(?:.*/)?";
      if (part === "**") return ".*";
      if (part === "*") return "[^/]*";
      return part === "?" ? "[^/]" : `\\${part}`;
    },
  );
  return new RegExp(`^${source}$`);
}
