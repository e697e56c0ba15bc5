/**
 * Parameters of a manifest: defaults, values given for a run, and
 * `${params.name}` in configs and inputs.
 *
 * A text that is nothing but one reference takes the parameter's own type;
 * `$${params.name}` stands for the characters themselves. Values are pasted in
 * as they are: what goes into SQL belongs in the driver's `params`, which are
 * sent apart from the query.
 *
 * @module
 */
import { childPath, quoted, seenAt } from "../describe.ts";
import type { FaultList } from "../fault_list.ts";
import { didYouMean } from "../suggest.ts";

/** A parameter's value; null when it has none. */
export type ParamValue = string | number | boolean | null;

const REFERENCE = /(\$?)\$\{params\.([^}]*)\}/g;

/**
 * The values of all parameters.
 *
 * @param declared The manifest's `params`.
 * @param given Values of this run: as text they take the type of the default.
 */
export function readParams(
  declared: Readonly<Record<string, ParamValue>>,
  given: Readonly<Record<string, ParamValue>>,
  faults: FaultList,
): ReadonlyMap<string, ParamValue> {
  const values = new Map(Object.entries(declared));
  for (const [name, value] of Object.entries(given)) {
    const path = childPath("params", name);
    const standard = values.get(name);
    if (standard === undefined) {
      const hint = didYouMean(name, Object.keys(declared)) ??
        "Declare it under params in the manifest";
      faults.add(
        "usage/invalid",
        path,
        "the manifest has no such parameter",
        hint,
      );
      continue;
    }
    const converted = convert(value, standard);
    if (converted !== undefined) values.set(name, converted);
    else {
      const wanted = typeof standard === "number"
        ? "a number"
        : "true or false";
      faults.add(
        "usage/invalid",
        path,
        `expected ${wanted}, got ${seenAt(path, value)}`,
      );
    }
  }
  return values;
}

function convert(
  value: ParamValue,
  standard: ParamValue,
): ParamValue | undefined {
  if (typeof value !== "string" || standard === null) return value;
  if (typeof standard === "number") {
    const number = Number(value);
    return value.trim() !== "" && Number.isFinite(number) ? number : undefined;
  }
  if (typeof standard === "boolean") {
    return value === "true" ? true : value === "false" ? false : undefined;
  }
  return value;
}

/** A copy of `value` with every reference to a parameter replaced. */
export function substituteParams(
  value: unknown,
  values: ReadonlyMap<string, ParamValue>,
  path: string,
  faults: FaultList,
): unknown {
  if (typeof value === "string") {
    return substituteText(value, values, path, faults);
  }
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      substituteParams(item, values, childPath(path, index), faults)
    );
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      substituteParams(item, values, childPath(path, key), faults),
    ]),
  );
}

function substituteText(
  text: string,
  values: ReadonlyMap<string, ParamValue>,
  path: string,
  faults: FaultList,
): ParamValue {
  const whole = text.match(/^\$\{params\.([^}]*)\}$/);
  if (whole !== null) return lookUp(whole[1], values, path, faults);
  return text.replace(
    REFERENCE,
    (all, escape: string, name: string) =>
      escape === "$"
        ? all.slice(1)
        : String(lookUp(name, values, path, faults)),
  );
}

function lookUp(
  name: string,
  values: ReadonlyMap<string, ParamValue>,
  path: string,
  faults: FaultList,
): ParamValue {
  const value = values.get(name);
  if (value === undefined) {
    faults.add(
      "manifest/invalid",
      path,
      `no parameter is named ${quoted(name)}`,
      didYouMean(name, values.keys()) ?? "Declare it under params",
    );
    return "";
  }
  if (value === null) {
    faults.add(
      "usage/invalid",
      path,
      `parameter ${quoted(name)} has no value`,
      `Add --param ${name}=VALUE`,
    );
    return "";
  }
  return value;
}
