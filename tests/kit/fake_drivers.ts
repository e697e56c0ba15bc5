/**
 * Descriptions of drivers for tests of what happens before a run: plain specs
 * whose code is never loaded.
 *
 * @module
 */
import type { DriverRegistry } from "../../src/driver/registry.ts";
import type { DriverSpec } from "../../src/driver/spec.ts";

const text = { type: "string", minLength: 1, description: "Text." };

const reader: DriverSpec = {
  name: "fake.reader",
  version: "1.2.3",
  summary: "Reads a file.",
  mode: "extract",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["path"],
    properties: {
      path: text,
      delimiter: { ...text, maxLength: 1, default: "," },
      header: {
        type: ["boolean", "integer"],
        default: true,
        description: "Header.",
      },
      encoding: {
        enum: ["utf-8", "utf-16"],
        default: "utf-8",
        description: "Encoding.",
      },
    },
  },
  connection: {
    family: "filesystem",
    required: false,
    fields: {
      type: "object",
      properties: { base_dir: text },
      additionalProperties: false,
    },
    secrets: [],
  },
  inputs: { min: 0, max: 0 },
  output: true,
  files: {
    source: {
      mode: "read",
      path: "{config.path}",
      base: "{connection.base_dir}",
    },
  },
};

const writer: DriverSpec = {
  name: "fake.writer",
  version: "1.0.0",
  summary: "Writes a file.",
  mode: "write",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["path"],
    properties: {
      path: text,
      create_dirs: { type: "boolean", default: true, description: "Folders." },
    },
  },
  inputs: { min: 1, max: 1 },
  output: false,
  files: {
    target: {
      mode: "write",
      path: "{config.path}",
      createFolders: "{config.create_dirs}",
    },
  },
};

const joiner: DriverSpec = {
  name: "fake.join",
  version: "1.0.0",
  summary: "Joins tables.",
  mode: "transform",
  config: {
    type: "object",
    additionalProperties: false,
    properties: { on: text },
  },
  inputs: { min: 1, max: null },
  output: true,
};

const database: DriverSpec = {
  name: "fake.query",
  version: "1.0.0",
  summary: "Asks a database.",
  mode: "extract",
  config: {
    type: "object",
    additionalProperties: false,
    required: ["query"],
    properties: { query: text },
  },
  connection: {
    family: "fake",
    required: true,
    fields: {
      type: "object",
      additionalProperties: false,
      required: ["database"],
      properties: {
        host: text,
        port: { type: "integer", minimum: 1, maximum: 65535, default: 3306 },
        database: text,
        user: text,
        password: { type: "string" },
        ssl: { type: "boolean" },
        ca_file: text,
      },
    },
    secrets: ["password"],
  },
  inputs: { min: 0, max: 0 },
  output: true,
  needs: {
    net: ["{connection.host|localhost}:{connection.port|3306}"],
    read: ["{connection.ca_file}"],
  },
};

/** `fake.reader`, `fake.writer`, `fake.join`, `fake.query`. */
export const fakeDrivers: DriverRegistry = new Map(
  [reader, writer, joiner, database].map((spec) => [
    spec.name,
    {
      spec,
      origin: {
        kind: "builtin",
        worker: new URL("https://fake.invalid/driver.worker.ts"),
        load: () => Promise.reject(new Error("it has no code")),
      },
    },
  ]),
);
