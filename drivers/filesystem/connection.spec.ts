/**
 * What a connection of the family `filesystem` has, as data.
 *
 * @module
 */
import type { DriverSpec } from "../../src/driver/spec.ts";

/** The optional connection of all drivers of files. */
export const FILESYSTEM_CONNECTION: NonNullable<DriverSpec["connection"]> = {
  family: "filesystem",
  required: false,
  fields: {
    type: "object",
    additionalProperties: false,
    properties: {
      base_dir: {
        type: "string",
        minLength: 1,
        description: "Folder that relative paths count from.",
      },
      default: {
        type: "boolean",
        description: "Whether it is the connection of steps that name none.",
      },
    },
  },
  secrets: [],
};

/** The file that an extractor reads. */
export const SOURCE_FILE: NonNullable<DriverSpec["files"]> = {
  source: {
    mode: "read",
    path: "{config.path}",
    base: "{connection.base_dir}",
  },
};

/** The file that a writer fills. */
export const TARGET_FILE: NonNullable<DriverSpec["files"]> = {
  target: {
    mode: "write",
    path: "{config.path}",
    base: "{connection.base_dir}",
    createFolders: "{config.create_dirs}",
  },
};
