/**
 * The secret values among the fields of a connection.
 *
 * @module
 */
import { isSecretName } from "../describe.ts";

/**
 * Every value under a field that `named` names (`password`, `ssl.key`) or whose
 * name looks secret, and the password within every URL.
 */
export function secretsOf(
  fields: Readonly<Record<string, unknown>>,
  named: readonly string[],
): string[] {
  const secrets = new Set<string>();
  collect(fields, "", false);
  secrets.delete("");
  return [...secrets];

  function collect(value: unknown, path: string, isSecret: boolean): void {
    if (typeof value === "string" || typeof value === "number") {
      if (isSecret) secrets.add(String(value));
      for (const password of passwordsIn(String(value))) secrets.add(password);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        const place = path === "" ? key : `${path}.${key}`;
        const isOwn = named.includes(place) || isSecretName(key);
        collect(item, place, isSecret || isOwn);
      }
    }
  }
}

/** The password of `scheme://user:password@host`, as written and decoded. */
function passwordsIn(text: string): string[] {
  const match = text.match(/^[a-z][a-z0-9+.-]*:\/\/[^:@/]*:(.+)@[^@]*$/i);
  if (match === null) return [];
  try {
    return [match[1], decodeURIComponent(match[1])];
  } catch {
    return [match[1]];
  }
}
