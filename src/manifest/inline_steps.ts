/**
 * The steps of the inline form.
 *
 * @module
 */
import { childPath, quoted, seenAt } from "../describe.ts";
import type { FaultList } from "../fault_list.ts";
import type { StepDraft } from "./draft.ts";
import type { Isolation, StepInputRef } from "./manifest.ts";
import { type ParamValue, substituteParams } from "./params.ts";
import {
  readDeadlines,
  readGrants,
  readLimits,
  readRetry,
} from "./policies.ts";
import { readInput } from "./reference.ts";

type Written = Readonly<Record<string, unknown>>;

/** Reads steps that have passed the shape check. */
export function readInlineSteps(
  steps: readonly Written[],
  params: ReadonlyMap<string, ParamValue>,
  faults: FaultList,
): StepDraft[] {
  return steps.map((written, index) =>
    readStep(written, childPath("steps", index), params, faults)
  );
}

function readStep(
  written: Written,
  path: string,
  params: ReadonlyMap<string, ParamValue>,
  faults: FaultList,
): StepDraft {
  const substituted = (key: string): unknown =>
    substituteParams(written[key], params, childPath(path, key), faults);
  const configPath = childPath(path, "config");
  const { connection, ...config } = (substituted("config") ?? {}) as Record<
    string,
    unknown
  >;
  const { inputs, inputPaths } = readInputs(
    substituted("inputs"),
    childPath(path, "inputs"),
    faults,
  );
  return {
    path,
    configPath,
    inputPaths,
    step: {
      id: written.id as string,
      driver: written.driver as string,
      config,
      connection: readConnection(
        connection,
        childPath(configPath, "connection"),
        faults,
      ),
      inputs,
      isolation: (written.isolation as Isolation | undefined) ?? null,
      retry: readRetry(written.retry, childPath(path, "retry"), faults),
      deadlines: readDeadlines(written.deadlines),
      limits: readLimits(written.limits, childPath(path, "limits"), faults),
      permissions: readGrants(written.permissions),
      rejects: (substituted("rejects") as string | undefined) ?? null,
      maxRejects: (written.max_rejects as number | undefined) ?? null,
    },
  };
}

function readInputs(
  written: unknown,
  path: string,
  faults: FaultList,
): {
  inputs: Record<string, StepInputRef>;
  inputPaths: Record<string, string>;
} {
  const inputs: Record<string, StepInputRef> = {};
  const inputPaths: Record<string, string> = {};
  for (const [name, value] of Object.entries((written ?? {}) as Written)) {
    inputPaths[name] = childPath(path, name);
    inputs[name] = readInput(value, inputPaths[name], faults);
  }
  return { inputs, inputPaths };
}

/** Reads `connection` of a config: `@family.alias`, or null when there is none. */
export function readConnection(
  written: unknown,
  path: string,
  faults: FaultList,
): string | null {
  if (written === undefined || written === null) return null;
  if (typeof written === "string" && /^@[^.]+\..+$/.test(written)) {
    return written;
  }
  const message = typeof written === "string"
    ? `expected "@family.alias", got ${quoted(written)}`
    : `expected "@family.alias", got ${seenAt(path, written)}`;
  faults.add(
    "config/invalid",
    path,
    message,
    'Write it as "@family.alias", such as "@mysql.shop"',
  );
  return null;
}
