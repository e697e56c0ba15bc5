/**
 * The shape of a driver's spec.
 *
 * @module
 */
import type { JsonSchema } from "../driver/spec.ts";

const line = (title: string, maxLength: number): JsonSchema => ({
  type: "string",
  title,
  maxLength,
  pattern: "^[^\\p{Cc}\\u2028\\u2029]+$",
});

/** What permissions are made of: nothing in it may be unseen, or turn the order of what is shown. */
const template: JsonSchema = {
  type: "string",
  title: "a template on one line, of signs that are seen",
  maxLength: 1000,
  pattern: "^[^\\p{Cc}\\p{Cf}\\u2028\\u2029]+$",
};

const key = {
  type: "string",
  title: "a name of letters, digits and _",
  pattern: "^[A-Za-z_][A-Za-z0-9_]{0,63}$",
};

const fieldPath = {
  type: "string",
  title: 'a field such as "password" or "ssl.key"',
  pattern: "^[A-Za-z_][A-Za-z0-9_.]{0,99}$",
};

const needs = {
  type: "array",
  maxItems: 50,
  items: {
    anyOf: [template, {
      type: "object",
      additionalProperties: false,
      required: ["item"],
      properties: { item: template, when: template, unless: template },
    }],
  },
};

const objectSchema = { type: "object", title: "a JSON Schema (a map)" };

/** A {@linkcode DriverSpec} as JSON Schema; what it says of itself is checked apart. */
export const specSchema: JsonSchema = {
  type: "object",
  title: "a spec (a map)",
  additionalProperties: false,
  required: [
    "name",
    "version",
    "summary",
    "mode",
    "config",
    "inputs",
    "output",
  ],
  properties: {
    name: {
      type: "string",
      title: 'a name such as "family.role"',
      pattern: "^[a-z][a-z0-9_-]*(\\.[a-z0-9_-]+)+$",
      maxLength: 100,
    },
    version: {
      type: "string",
      title: 'a version such as "1.0.0"',
      pattern: "^\\d+\\.\\d+\\.\\d+[0-9A-Za-z.+-]*$",
      maxLength: 50,
    },
    summary: line("a sentence on one line", 300),
    mode: { enum: ["extract", "transform", "write"] },
    config: objectSchema,
    connection: {
      type: "object",
      additionalProperties: false,
      required: ["family", "required", "fields", "secrets"],
      properties: {
        family: {
          type: "string",
          title: "a family of connections",
          pattern: "^[a-z][a-z0-9_-]{0,63}$",
        },
        required: { type: "boolean" },
        fields: objectSchema,
        secrets: { type: "array", maxItems: 50, items: fieldPath },
      },
    },
    inputs: {
      type: "object",
      additionalProperties: false,
      required: ["min", "max"],
      properties: {
        min: { type: "integer", minimum: 0, maximum: 1000 },
        max: { type: ["integer", "null"], minimum: 0, maximum: 1000 },
      },
    },
    output: { type: "boolean" },
    files: {
      type: "object",
      maxProperties: 50,
      propertyNames: key,
      additionalProperties: {
        type: "object",
        additionalProperties: false,
        required: ["mode", "path"],
        properties: {
          mode: { enum: ["read", "write"] },
          path: template,
          base: template,
          createFolders: { type: ["boolean", "string"], maxLength: 1000 },
        },
      },
    },
    needs: {
      type: "object",
      additionalProperties: false,
      properties: { net: needs, read: needs, write: needs },
    },
    capabilities: {
      type: "object",
      additionalProperties: false,
      properties: {
        streaming: { type: ["boolean", "object"] },
        incremental: { type: "boolean" },
        rejects: { type: "boolean" },
        probe: { type: "boolean" },
        brokeredSecrets: { type: "array", maxItems: 50, items: fieldPath },
      },
    },
  },
};
