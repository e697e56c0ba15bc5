/**
 * Checks the spec that came out of a driver's module. It is untrusted: its
 * templates decide what the step may reach, and its schemas run in this thread.
 *
 * @module
 */
import { childPath, quoted } from "../describe.ts";
import type { DriverSpec, JsonSchema } from "../driver/spec.ts";
import { FaultList } from "../fault_list.ts";
import { checkSchema } from "../schema/check.ts";
import { schemaFaults } from "../schema/keywords.ts";
import { didYouMean } from "../suggest.ts";
import { checkPatterns } from "./check_patterns.ts";
import { checkTemplates } from "./check_templates.ts";
import { plainCopy } from "./plain_copy.ts";
import { specSchema } from "./spec_schema.ts";

const LIMITS = { depth: 40, values: 20_000, characters: 2 ** 18 };

/**
 * A checked copy of a spec.
 *
 * @param shown The driver, as the user wrote it.
 * @throws {OsirisError} `driver/invalid` with all faults
 */
export function checkSpec(untrusted: unknown, shown: string): DriverSpec {
  const subject = `use driver ${quoted(shown)}`;
  const faults = new FaultList();
  const copy = plainCopy(untrusted, LIMITS, faults);
  faults.throwIfAny("driver/invalid", subject);
  const { value, faults: found } = checkSchema(specSchema, copy, "spec");
  faults.addAll("driver/invalid", found);
  const spec = value as DriverSpec;
  checkConfigSchema(spec?.config, "spec.config", faults);
  const fields = spec?.connection?.fields;
  checkConfigSchema(fields, "spec.connection.fields", faults);
  checkStreaming(spec?.capabilities?.streaming, faults);
  faults.throwIfAny("driver/invalid", subject);
  checkMode(spec, faults);
  checkSecrets(spec, faults);
  checkTemplates(spec, faults);
  faults.throwIfAny("driver/invalid", subject);
  return spec;
}

function checkStreaming(
  streaming: boolean | JsonSchema | undefined,
  faults: FaultList,
): void {
  if (typeof streaming !== "object" || streaming === null) return;
  const path = "spec.capabilities.streaming";
  faults.addAll("driver/invalid", schemaFaults(streaming, path));
  checkPatterns(streaming, path, faults);
}

function checkConfigSchema(
  schema: JsonSchema | undefined,
  path: string,
  faults: FaultList,
): void {
  if (typeof schema !== "object" || schema === null) return; // told already
  faults.addAll("driver/invalid", schemaFaults(schema, path));
  if (schema.type !== "object") {
    faults.add("driver/invalid", `${path}.type`, 'expected "object"');
  }
  if (schema.additionalProperties !== false) {
    faults.add(
      "driver/invalid",
      `${path}.additionalProperties`,
      "expected false",
      "List every key under properties: an unknown one is a mistake of the user's",
    );
  }
  checkPatterns(schema, path, faults);
}

function checkMode(spec: DriverSpec, faults: FaultList): void {
  const { mode, inputs: { min, max }, output } = spec;
  const refuse = (path: string, message: string): void =>
    faults.add("driver/invalid", `spec.${path}`, message);
  if (max !== null && max < min) {
    refuse("inputs.max", `is less than min, ${min}`);
  }
  if (mode === "extract" && max !== 0) {
    refuse("inputs.max", "expected 0: an extractor takes no table");
  }
  if (mode !== "extract" && min === 0 && max === 0) {
    refuse(
      "inputs.max",
      `expected a table: a driver of mode ${mode} takes some`,
    );
  }
  if (mode === "write" && output) {
    refuse("output", "expected false: a writer gives no table");
  }
  if (mode !== "write" && !output) {
    refuse("output", "expected true: it gives a table");
  }
}

function checkSecrets(spec: DriverSpec, faults: FaultList): void {
  const fields = Object.keys(propertiesOf(spec.connection?.fields));
  const check = (
    names: readonly string[],
    path: string,
    of: readonly string[],
  ): void =>
    names.forEach((name, index) => {
      if (of.includes(name) || of.includes(name.split(".")[0])) return;
      faults.add(
        "driver/invalid",
        childPath(path, index),
        `there is no field ${quoted(name)}`,
        didYouMean(name, of),
      );
    });
  check(spec.connection?.secrets ?? [], "spec.connection.secrets", fields);
  check(
    spec.capabilities?.brokeredSecrets ?? [],
    "spec.capabilities.brokeredSecrets",
    spec.connection?.secrets ?? [],
  );
}

function propertiesOf(schema: JsonSchema | undefined): Record<string, unknown> {
  return (schema?.properties ?? {}) as Record<string, unknown>;
}
