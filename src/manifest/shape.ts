/**
 * The shape of both written forms as JSON Schema: the one source of the check
 * and of `osiris schema`.
 *
 * A `title` completes "expected …" in messages; a `description` is what an
 * editor shows.
 *
 * @module
 */
import type { JsonSchema } from "../driver/spec.ts";
import {
  deadlines,
  grants,
  id,
  isolation,
  limits,
  name,
  retry,
  size,
  stepDeadlines,
} from "./shape_parts.ts";

/** One step of the inline form, its config unchecked. */
export const inlineStep: JsonSchema = {
  type: "object",
  title: "a step (a map)",
  additionalProperties: false,
  required: ["id", "driver"],
  properties: {
    id,
    driver: {
      type: "string",
      minLength: 1,
      description:
        "Name of a driver such as `mysql.extractor`, or a module: `./my_driver.ts`, an https URL, `npm:` or `jsr:`.",
    },
    config: {
      type: "object",
      description:
        "What the driver is told; `osiris drivers show NAME` lists the keys.",
    },
    inputs: {
      type: "object",
      description:
        "Tables and values by input name: `${step}` is the table of that step, anything else a value.",
      propertyNames: {
        type: "string",
        title: "an input name of letters, digits, _ and -",
        pattern: "^[A-Za-z0-9_-]{1,200}$",
      },
    },
    isolation,
    retry,
    deadlines: stepDeadlines,
    limits,
    permissions: grants,
    rejects: {
      type: "string",
      minLength: 1,
      description:
        "File for bad rows; without it the first one fails the step.",
    },
    max_rejects: {
      type: "integer",
      minimum: 0,
      description: "Most bad rows; one more fails the step.",
    },
  },
  dependentRequired: { max_rejects: ["rejects"] },
};

/** The inline form, configs unchecked. */
export const inlineManifest: JsonSchema = {
  type: "object",
  title: "a manifest (a map)",
  additionalProperties: false,
  required: ["steps"],
  properties: {
    $schema: { type: "string", description: "For editors only." },
    version: {
      type: "string",
      title: 'version 1 of this form, such as "1.0.0"',
      pattern: "^1(\\.\\d+){0,2}$",
      description: "Version of this form. Default: 1.0.0.",
    },
    name: {
      ...name,
      description: "Name of the pipeline. Default: the file's name.",
    },
    profile: {
      ...name,
      description: "Environment it runs in. Default: default.",
    },
    description: { type: "string", description: "For people only." },
    params: {
      type: "object",
      description:
        "Parameters with their defaults; null has none. `${params.name}` in configs and inputs, `--param name=value` on the command line.",
      propertyNames: {
        type: "string",
        title: "a parameter name of letters, digits and _",
        pattern: "^[A-Za-z_][A-Za-z0-9_]*$",
      },
      additionalProperties: {
        type: ["string", "number", "boolean", "null"],
        title: "text, a number, true or false, or null",
      },
    },
    parallel: {
      type: "integer",
      minimum: 1,
      maximum: 64,
      description: "Steps that may run at once. Default: 1.",
    },
    memory_budget: {
      ...size,
      description:
        "Tables in memory, between steps and held whole by them; what is more spills to disk. Default: 512MiB.",
    },
    checkpoint: {
      type: "boolean",
      description:
        "Whether tables between steps are kept on disk until the run has succeeded, for `osiris run --resume`. Default: false.",
    },
    isolation: { ...isolation },
    retry,
    deadlines,
    limits,
    steps: { type: "array", minItems: 1, maxItems: 1000, items: inlineStep },
  },
};

/** The compiled form: what the original's compiler writes, and nothing else. */
export const compiledManifest: JsonSchema = {
  type: "object",
  title: "a compiled manifest (a map)",
  additionalProperties: false,
  required: ["pipeline", "meta", "steps"],
  properties: {
    name: { type: "string" },
    pipeline: {
      type: "object",
      required: ["id"],
      properties: {
        id: name,
        name: { type: "string" },
        version: { type: "string" },
      },
    },
    meta: { type: "object", properties: { profile: name } },
    metadata: { type: "object" },
    steps: {
      type: "array",
      minItems: 1,
      maxItems: 1000,
      items: {
        type: "object",
        title: "a step (a map)",
        additionalProperties: false,
        required: ["id", "cfg_path"],
        properties: {
          id,
          driver: { type: "string", minLength: 1 },
          component: { type: "string", minLength: 1 },
          cfg_path: { type: "string", minLength: 1 },
          needs: { type: "array", items: { type: "string" } },
        },
      },
    },
  },
};
