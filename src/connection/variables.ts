/**
 * Where `${VAR}` gets its values: the process environment first, then `.env`
 * files, which only fill gaps and never touch the environment.
 *
 * @module
 */
import { join } from "node:path";
import { OsirisError } from "../error.ts";
import { readText } from "../manifest/read_text.ts";
import { isGranted, permissionState } from "../permission.ts";
import { parseDotenv } from "./dotenv.ts";

/** Values of variables, and which of them were asked for. */
export interface Variables {
  /**
   * The value of a variable; undefined when it is nowhere.
   *
   * @throws {OsirisError} `permission/missing` if this process may not read it
   */
  get(name: string): string | undefined;
  /** Names of the environment variables that this process was to read so far. */
  readonly environment: ReadonlySet<string>;
  /** Paths of the `.env` files that gave a value so far. */
  readonly files: ReadonlySet<string>;
  /** Paths of `.env` files that may be there, which this process may not read. */
  readonly notLookedAt: readonly string[];
}

/** Where to look for `.env` files. */
export interface VariablesOptions {
  readonly cwd: string;
  /** This file and no other; it must be there. */
  readonly envFile?: string;
}

/**
 * Reads the `.env` files: `$OSIRIS_HOME/.env`, then `.env` and
 * `testing_env/.env` in the working directory; or `envFile` alone.
 *
 * A file that this process may not read counts as not there.
 *
 * @throws {OsirisError} `connection/unreadable`, `connection/invalid`,
 * `permission/missing` (for `envFile`)
 */
export async function loadVariables(
  options: VariablesOptions,
): Promise<Variables> {
  const { cwd, envFile } = options;
  const home = optionalVariable("OSIRIS_HOME");
  const candidates = envFile !== undefined ? [envFile] : [
    ...(home !== undefined ? [join(home, ".env")] : []),
    join(cwd, ".env"),
    join(cwd, "testing_env", ".env"),
  ];
  const isReadable = (path: string): boolean =>
    envFile !== undefined || isGranted("read", path);
  const notLookedAt = candidates.filter((path) => !isReadable(path));
  const found: { path: string; values: ReadonlyMap<string, string> }[] = [];
  for (const path of new Set(candidates.filter(isReadable))) {
    const values = await readDotenv(path, envFile !== undefined);
    if (values !== undefined) found.push({ path, values });
  }
  const environment = new Set<string>();
  const files = new Set<string>();
  return {
    environment,
    files,
    notLookedAt,
    get(name) {
      const exported = fromEnvironment(name);
      if (exported !== "denied") environment.add(name);
      if (exported !== "denied" && exported.value !== undefined) {
        return exported.value;
      }
      const file = found.find(({ values }) => values.has(name));
      if (file !== undefined) files.add(file.path);
      return file?.values.get(name);
    },
  };
}

/** A variable of the environment, undefined also when this process may not read it. */
export function optionalVariable(name: string): string | undefined {
  return isGranted("env", name) ? Deno.env.get(name) || undefined : undefined;
}

/**
 * Not being allowed to look is an error, since an exported value would count:
 * going on with a `.env` file or a default could mean another database.
 * `--deny-env` says that it is meant so.
 */
function fromEnvironment(
  name: string,
): { readonly value: string | undefined } | "denied" {
  const state = permissionState({ kind: "env", item: name });
  if (state === "denied") return "denied";
  if (state === "granted") return { value: Deno.env.get(name) };
  throw new OsirisError(
    "permission/missing",
    `Cannot read environment variable "${name}": this process may not`,
    { hint: `Add --allow-env=${name}` },
  );
}

async function readDotenv(
  path: string,
  isRequired: boolean,
): Promise<ReadonlyMap<string, string> | undefined> {
  const subject = {
    action: "read variables",
    code: "connection/unreadable",
  } as const;
  const text = await readText(path, { ...subject, mayBeEmpty: true });
  if (text === undefined) {
    if (!isRequired) return undefined;
    throw new OsirisError(
      "connection/unreadable",
      `Cannot read variables: ${path}: there is no such file`,
      { hint: "Correct the name given as --env-file" },
    );
  }
  const { values, malformed } = parseDotenv(text);
  if (malformed.length === 0) return values;
  throw new OsirisError(
    "connection/invalid",
    `Cannot read variables: ${path}: line ${malformed[0]} is not NAME=value`,
    { hint: "Write one NAME=value a line, comments with #" },
  );
}
