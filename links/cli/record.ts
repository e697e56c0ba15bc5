/**
 * Sets and finds values under dotted names: `a.b` is `b` within `a`.
 *
 * @module
 */

type Nested = Record<string, unknown>;

function parentOf(record: Nested, name: string): [Nested, string] {
  const path = name.split(".");
  const key = path.pop()!;
  let parent = record;
  for (const part of path) {
    if (!Object.hasOwn(parent, part)) put(parent, part, {});
    parent = parent[part] as Nested;
  }
  return [parent, key];
}

// Plain assignment would let `--__proto__.x` reach every object there is.
function put(parent: Nested, key: string, value: unknown): void {
  Object.defineProperty(parent, key, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** Sets a value, in place of one that is there. */
export function set(record: Nested, name: string, value: unknown): void {
  const [parent, key] = parentOf(record, name);
  put(parent, key, value);
}

/** Adds a value to the list under a name, which is made if there is none. */
export function collectInto(
  record: Nested,
  name: string,
  value: unknown,
): void {
  const [parent, key] = parentOf(record, name);
  const there = Object.hasOwn(parent, key) ? parent[key] : undefined;
  if (Array.isArray(there)) there.push(value);
  else put(parent, key, there ? [there, value] : [value]);
}

/** Whether there is a value of the record's own under a name. */
export function has(record: Nested, name: string): boolean {
  let at: unknown = record;
  for (const part of name.split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, part)) {
      return false;
    }
    at = (at as Nested)[part];
  }
  return true;
}
