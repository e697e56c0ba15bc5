/**
 * The templates of a driver's needs: `{connection.host|localhost}:{connection.port|3306}`.
 *
 * `{a.b}` is the value at `a.b`, `{a.b|c}` falls back to `c`. A template that
 * refers to something missing, and has no fallback for it, expands to nothing.
 *
 * @module
 */

/** What templates refer to: the step's config and its connection's fields. */
export interface TemplateScope {
  readonly config: Readonly<Record<string, unknown>>;
  readonly connection: Readonly<Record<string, unknown>> | null;
}

const REFERENCE = /\{([^{}|]+)(?:\|([^{}]*))?\}/g;

/**
 * Expands a template.
 *
 * @param write How a value becomes text; `String` if left out.
 * @returns Undefined when something it refers to is missing.
 */
export function expandTemplate(
  template: string,
  scope: TemplateScope,
  write: (value: string) => string = String,
): string | undefined {
  let isComplete = true;
  const text = template.replace(
    REFERENCE,
    (_, path: string, standard?: string) => {
      const value = lookUp(path, scope);
      if (value !== undefined) return write(value);
      if (standard === undefined) isComplete = false;
      return standard ?? "";
    },
  );
  return isComplete && text !== "" ? text : undefined;
}

/** Whether there is a value at `path`; an empty text is one, false and null are none. */
export function hasValue(path: string, scope: TemplateScope): boolean {
  const value = valueAt(path.replace(/^\{(.*)\}$/, "$1"), scope);
  return value !== undefined && value !== null && value !== false;
}

/** The path that a template refers to first: where to look when it is wrong. */
export function firstReference(template: string): string | undefined {
  return template.match(/\{([^{}|]+)/)?.[1];
}

function lookUp(path: string, scope: TemplateScope): string | undefined {
  const value = valueAt(path, scope);
  const isScalar = ["string", "number", "boolean"].includes(typeof value);
  return isScalar && value !== "" ? String(value) : undefined;
}

function valueAt(path: string, scope: TemplateScope): unknown {
  let at: unknown = scope;
  for (const key of path.trim().split(".")) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) {
      return undefined;
    }
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}
