/**
 * How a value and its place in a document are named in messages.
 *
 * @module
 */

const MAX_SHOWN = 60;

/** The path of an entry: `steps[2]`, `steps[2].inputs`, `config["a b"]`. */
export function childPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[\w$-]+$/.test(key)) return `${path}[${quoted(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Text in double quotes on one line, cut when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(
    text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text,
  );
}

/** The value seen: a scalar as written, anything else by its kind. */
export function seen(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  }
  if (typeof value === "object" && value !== null) return "a map";
  if (value === undefined) return "nothing";
  return String(value).slice(0, MAX_SHOWN);
}

/** Like {@linkcode seen}, but says nothing of a value whose key looks secret. */
export function seenAt(path: string, value: unknown): string {
  return isSecretName(lastKey(path))
    ? "a value that is not shown"
    : seen(value);
}

/** The last key of a path made by {@linkcode childPath}. */
function lastKey(path: string): string {
  return path.replace(/(\[\d+\])+$/, "").match(/[\w$-]+(?="?\]?$)/)?.[0] ??
    path;
}

/**
 * Whether a field of this name holds a secret, going by its name alone.
 *
 * For families whose driver says nothing: it errs on the side of hiding
 * (`key`, `dsn`), but not for names that merely contain such a word (`author`,
 * `primary_key`).
 */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase()
    .split(/[^a-z0-9]+/);
  if (words.some((word) => SECRET_WORDS.has(word))) return true;
  return words.at(-1) === "key" && !PLAIN_KEYS.has(words.at(-2) ?? "");
}

const SECRET_WORDS: ReadonlySet<string> = new Set([
  "password",
  "passwd",
  "passphrase",
  "pwd",
  "secret",
  "secrets",
  "token",
  "apikey",
  "dsn",
  "credential",
  "credentials",
  "authorization",
  "bearer",
  "jwt",
]);

const PLAIN_KEYS: ReadonlySet<string> = new Set([
  "primary",
  "upsert",
  "foreign",
  "unique",
  "sort",
  "partition",
  "merge",
  "conflict",
  "public",
  "dedupe",
]);
