/**
 * The parts of a manifest's shape that occur in several places.
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

/** A size: text with a unit, or bytes. */
export const size: JsonSchema = {
  title: 'a size such as "512MiB" or a number of bytes',
  anyOf: [{ type: "integer", minimum: 0 }, {
    type: "string",
    pattern: SIZE_PATTERN,
  }],
};

/** A name that may be part of a path. */
export const name: JsonSchema = {
  type: "string",
  title: "a name of letters, digits, spaces and . _ -",
  pattern: "^[A-Za-z0-9_][A-Za-z0-9 ._-]{0,99}$",
};

/** Where drivers run. */
export const isolation: JsonSchema = {
  enum: ["worker", "process", "auto", "inline"],
  description:
    "Where drivers run: a worker of this process, a process of its own, " +
    "whichever fits the driver's origin, or unsandboxed in the main thread.",
};

/** A retry policy. */
export const retry: JsonSchema = {
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

/** Deadlines of a run. */
export const deadlines = {
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

const { run: _, ...ofStep } = deadlines.properties;

/** Deadlines of a step: all but the run's. */
export const stepDeadlines: JsonSchema = { ...deadlines, properties: ofStep };

const limit = (description: string): JsonSchema => ({
  type: ["integer", "null"],
  minimum: 1,
  description,
});

/** Limits of a run or a step. */
export const limits: JsonSchema = {
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
    disk: {
      ...size,
      description:
        "Bytes on disk in the run's folder: tables that spilled or are kept, and the log.",
    },
    memory_mb: limit("Heap of the driver in MB; in process isolation only."),
    cpu_s: limit("CPU time; in process isolation only."),
  },
};

/** Permissions that the user grants a step. */
export const grants: JsonSchema = {
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

/** The id of a step. */
export const id: JsonSchema = {
  type: "string",
  title: "an id of letters, digits, _ and -",
  pattern: "^[A-Za-z0-9_-]{1,100}$",
  description: "Name of the step; inputs of later steps refer to it.",
};
