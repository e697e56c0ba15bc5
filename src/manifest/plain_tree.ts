/**
 * Checks that a document is plain data of bearable size, and copies it.
 *
 * Why a copy: YAML aliases make one value appear in many places; after this,
 * every value has one place, and what was counted is what there is. A document
 * of a kilobyte may stand for a billion values ("billion laughs").
 *
 * @module
 */
import { childPath, quoted } from "../describe.ts";
import { OsirisError } from "../error.ts";
import type { FaultList } from "../fault_list.ts";

/** Deepest nesting of lists and maps. */
export const MAX_DEPTH = 64;
/** Most values, aliases written out. */
export const MAX_VALUES = 200_000;
/** Most characters in all texts together, aliases written out. */
export const MAX_CHARACTERS = 64 * 2 ** 20;

/**
 * Copies `root`, adding a fault for every value that JSON can't hold.
 *
 * @param subject Of the error thrown when it is too big: `read manifest: a.yaml`.
 * @param area Of the codes.
 * @throws {OsirisError} `manifest/unreadable` or its like if it is nested too deep or too big
 */
export function copyPlainTree(
  root: unknown,
  faults: FaultList,
  subject: string,
  area: "manifest" | "connection" = "manifest",
): unknown {
  let values = 0;
  let characters = 0;
  return copy(root, "", 0);

  function copy(value: unknown, path: string, depth: number): unknown {
    if (depth > MAX_DEPTH) tooBig(`nested deeper than ${MAX_DEPTH} levels`);
    if (++values > MAX_VALUES) tooBig(`more than ${MAX_VALUES} values`);
    if (typeof value === "string") {
      characters += value.length;
      if (characters > MAX_CHARACTERS) {
        tooBig(`more than ${MAX_CHARACTERS} characters`);
      }
      return value;
    }
    if (typeof value === "number") return copyNumber(value, path);
    if (value === null || typeof value === "boolean") return value;
    if (Array.isArray(value)) {
      return value.map((item, index) =>
        copy(item, childPath(path, index), depth + 1)
      );
    }
    if (isPlainMap(value)) return copyMap(value, path, depth);
    refuse(path, `is ${kindOf(value)}, which JSON can't hold`);
    return null;
  }

  function copyMap(
    value: Readonly<Record<string, unknown>>,
    path: string,
    depth: number,
  ): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      characters += key.length;
      const place = childPath(path, key);
      if (key === "__proto__") refuse(place, "this name is not allowed");
      else if (item !== undefined) result[key] = copy(item, place, depth + 1);
    }
    return result;
  }

  function copyNumber(value: number, path: string): number {
    if (!Number.isFinite(value)) {
      refuse(path, `is ${value}, which JSON can't hold`);
    } else if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      const hint = "Write it in quotes";
      refuse(path, "is a whole number too big to be held exactly", hint);
    }
    return value;
  }

  function refuse(path: string, message: string, hint?: string): void {
    faults.add(`${area}/invalid`, path || "(top)", message, hint);
  }

  function tooBig(state: string): never {
    throw new OsirisError(
      `${area}/unreadable`,
      `Cannot ${subject}: ${state}`,
      {
        hint: "Check that it is a manifest; aliases count where they are used",
      },
    );
  }
}

/** Whether it is a map as YAML, JSON or an object literal make it. */
function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value !== "object") return `a ${typeof value}`;
  return quoted(value?.constructor?.name ?? "an object");
}
