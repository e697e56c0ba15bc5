/**
 * References to tables in inputs: `${step}`, `${step.df}`.
 *
 * @module
 */
import type { Json } from "../driver/driver.ts";
import { quoted } from "../describe.ts";
import type { FaultList } from "../fault_list.ts";
import type { StepInputRef } from "./manifest.ts";

/** The name of a step's table. */
export const DEFAULT_OUTPUT = "df";

/**
 * Reads an input: a text that is nothing but `${step}` or `${step.output}` is
 * a table, `$${…}` stands for the characters themselves, all else is a value.
 */
export function readInput(
  written: unknown,
  path: string,
  faults: FaultList,
): StepInputRef {
  const value = written as Json;
  if (typeof value !== "string" || !/^\$?\$\{[^{}]*\}$/.test(value)) {
    return { kind: "value", value };
  }
  if (value.startsWith("$$")) return { kind: "value", value: value.slice(1) };
  const match = value.match(/^\$\{([A-Za-z0-9_-]+)(?:\.([A-Za-z0-9_-]+))?\}$/);
  if (match === null) {
    faults.add(
      "manifest/invalid",
      path,
      `${quoted(value)} is no reference to a step`,
      'Write "${step}" for the table of a step, or "$${…}" for the characters themselves',
    );
    return { kind: "value", value };
  }
  return { kind: "table", step: match[1], output: match[2] ?? DEFAULT_OUTPUT };
}
