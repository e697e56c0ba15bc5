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
import { DURATION_PATTERN, SIZE_PATTERN } from "../units.ts";

const duration = {
  title: 'a duration such as "30s" or a number of seconds',
  anyOf: [{ type: "number", minimum: 0 }, {
    type: "string",
    pattern: DURATION_PATTERN,
  }],
};

const durationOrNone = {
  title: 'a duration such as "30s", a number of seconds, or null for none',
  anyOf: [...duration.anyOf, { type: "null" }],
};

const size = {
  title: 'a size such as "512MiB" or a number of bytes',
  anyOf: [{ type: "integer", minimum: 0 }, {
    type: "string",
    pattern: SIZE_PATTERN,
  }],
};

const name = {
  type: "string",
  title: "a name of letters, digits, spaces and . _ -",
  pattern: "^[A-Za-z0-9_][A-Za-z0-9 ._-]{0,99}$",
};

const isolation = {
  enum: ["worker", "process", "auto", "inline"],
  description:
    "Where drivers run: a worker of this process, a process of its own, " +
    "whichever fits the driver's origin, or unsandboxed in the main thread.",
};

const retry = {
  type: "object",
  title: "a retry policy (a map)",
  description: "How failures are retried, from a clean state only.",
  additionalProperties: false,
  properties: {
    max_attempts: {
      type: "integer",
      minimum: 1,
      maximum: 100,
      description: "Runs of the step at most, the first included. Default: 3.",
    },
    backoff: {
      enum: ["none", "linear", "exponential"],
      description: "How the delay grows. Default: exponential.",
    },
    initial_delay: {
      ...duration,
      description: "Delay before the second attempt. Default: 1s.",
    },
    max_delay: { ...duration, description: "Longest delay. Default: 30s." },
    jitter: {
      type: "boolean",
      description: "Whether delays are varied at random. Default: true.",
    },
    on: {
      type: "array",
      items: { type: "string" },
      description:
        "Error codes, or areas such as `connection`, to retry on. Default: those that pass by themselves.",
    },
  },
};

const deadlines = {
  type: "object",
  title: "deadlines (a map)",
  description: "How long things may take.",
  additionalProperties: false,
  properties: {
    connect: {
      ...duration,
      description: "Opening a connection. Default: 30s.",
    },
    idle: { ...duration, description: "Silence of a peer. Default: 5m." },
    heartbeat: {
      ...duration,
      description: "Silence of a step's worker. Default: 60s.",
    },
    statement: {
      ...durationOrNone,
      description: "One statement or request. Default: none.",
    },
    step: { ...durationOrNone, description: "One step. Default: none." },
    run: { ...durationOrNone, description: "The whole run. Default: none." },
  },
};

const { run: _, ...stepDeadlines } = deadlines.properties;

const limit = (description: string): JsonSchema => ({
  type: ["integer", "null"],
  minimum: 1,
  description,
});

const limits = {
  type: "object",
  title: "limits (a map)",
  description: "What a step or run may use.",
  additionalProperties: false,
  properties: {
    rows: limit("Rows read or written."),
    bytes: { ...size, description: "Bytes of tables that pass." },
    seconds: {
      type: ["number", "null"],
      exclusiveMinimum: 0,
      description: "Wall time.",
    },
    wall_s: {
      type: ["number", "null"],
      exclusiveMinimum: 0,
      description: "The same as `seconds`.",
    },
    memory_mb: limit("Heap of the driver in MB; in process isolation only."),
    cpu_s: limit("CPU time; in process isolation only."),
  },
};

const grants = {
  type: "object",
  title: "permissions (a map)",
  description:
    "What the step may reach beyond what its driver derives from config and connection.",
  additionalProperties: false,
  properties: Object.fromEntries(
    [
      ["net", "`host:port` entries."],
      ["read", "Files and folders that may be read."],
      ["write", "Files and folders that may be written."],
    ].map(([kind, description]) => [kind, {
      type: "array",
      items: { type: "string", minLength: 1 },
      description,
    }]),
  ),
};

const id = {
  type: "string",
  title: "an id of letters, digits, _ and -",
  pattern: "^[A-Za-z0-9_-]{1,100}$",
  description: "Name of the step; inputs of later steps refer to it.",
};

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
    deadlines: { ...deadlines, properties: stepDeadlines },
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
    version: { type: "string", description: "Version of the manifest." },
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
        "Tables kept in memory before they spill to disk. Default: 512MiB.",
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
