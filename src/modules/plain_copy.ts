/**
 * Copies what a sandbox sent as plain data of bounded size.
 *
 * @module
 */
import { childPath } from "../describe.ts";
import type { FaultList } from "../fault_list.ts";

/** How much is taken. */
export interface CopyLimits {
  readonly depth: number;
  /** Values of any kind, shared ones counted wherever they appear. */
  readonly values: number;
  /** Characters of all texts and keys. */
  readonly characters: number;
}

/** Fresh plain data, a fault for everything JSON can't hold; undefined when it is too big. */
export function plainCopy(
  root: unknown,
  limits: CopyLimits,
  faults: FaultList,
): unknown {
  let { values, characters } = limits;
  let isTooBig = false;
  const result = copy(root, "", 0);
  if (!isTooBig) return result;
  faults.add("driver/invalid", "spec", "it is too big or nested too deep");
  return undefined;

  function copy(value: unknown, path: string, depth: number): unknown {
    if (depth > limits.depth || --values < 0 || characters < 0) isTooBig = true;
    if (isTooBig) return null;
    if (typeof value === "string") {
      characters -= value.length;
      return value;
    }
    if (value === null || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (Array.isArray(value)) {
      if (value.length > values) isTooBig = true;
      return isTooBig ? null : Array.from(
        value,
        (item, index) => copy(item, childPath(path, index), depth + 1),
      );
    }
    if (
      typeof value === "object" &&
      Object.getPrototypeOf(value) === Object.prototype
    ) return copyMap(value as Record<string, unknown>, path, depth);
    faults.add(
      "driver/invalid",
      path || "spec",
      `is a ${kindOf(value)}, and a spec is plain data`,
    );
    return null;
  }

  function copyMap(
    value: Readonly<Record<string, unknown>>,
    path: string,
    depth: number,
  ): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value)) {
      characters -= key.length;
      const place = childPath(path, key.slice(0, 100));
      if (key === "__proto__") {
        faults.add("driver/invalid", place, "this name is not allowed");
      } else if (item !== undefined) result[key] = copy(item, place, depth + 1);
      if (isTooBig) break;
    }
    return result;
  }
}

function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null
    ? Object.prototype.toString.call(value).slice(8, -1)
    : typeof value;
}
