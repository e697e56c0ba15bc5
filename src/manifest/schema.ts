/**
 * The JSON Schema of the inline form, drivers' configs included: what an
 * editor completes and checks by. Built from what the check itself uses.
 *
 * @module
 */
import type { DriverRegistry } from "../driver/registry.ts";
import type { DriverSpec, JsonSchema } from "../driver/spec.ts";
import { inlineManifest, inlineStep } from "./shape.ts";

const PARAM = {
  type: "string",
  pattern: "^\\$\\{params\\.[A-Za-z_][A-Za-z0-9_]*\\}$",
  description: "A parameter of the manifest.",
};

/** The schema of manifests whose steps name drivers of `drivers` or modules. */
export function manifestSchema(drivers: DriverRegistry): JsonSchema {
  const specs = [...drivers.values()].map(({ spec }) => spec);
  const { properties, ...shape } = inlineManifest as Record<string, JsonSchema>;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...shape,
    title: "Osiris manifest",
    properties: {
      ...properties,
      steps: {
        ...properties.steps as JsonSchema,
        items: { ...stepWith(specs), allOf: specs.map(branchOf) },
      },
    },
    $defs: {
      param: PARAM,
      ...Object.fromEntries(specs.map((spec) => [spec.name, configOf(spec)])),
    },
  };
}

/** A step whose driver's name is completed. */
function stepWith(specs: readonly DriverSpec[]): JsonSchema {
  const properties = inlineStep.properties as Record<string, JsonSchema>;
  const driver = {
    ...properties.driver,
    examples: specs.map(({ name }) => name),
  };
  return { ...inlineStep, properties: { ...properties, driver } };
}

function branchOf({ name, config }: DriverSpec): JsonSchema {
  const isNeeded = ((config.required ?? []) as string[]).length > 0;
  return {
    if: { properties: { driver: { const: name } }, required: ["driver"] },
    then: {
      properties: { config: { $ref: `#/$defs/${name}` } },
      ...(isNeeded && { required: ["config"] }),
    },
  };
}

/** A driver's config as it stands in a manifest: with its connection, and parameters for values. */
function configOf(
  { name, summary, config, connection }: DriverSpec,
): JsonSchema {
  const { properties, ...rest } = rebase(config, name) as Record<
    string,
    JsonSchema
  >;
  const own = Object.entries(properties ?? {}).map(([key, schema]) => [
    key,
    withParam(schema as JsonSchema),
  ]);
  return {
    ...rest,
    description: summary,
    properties: {
      ...Object.fromEntries(own),
      ...(connection !== undefined && {
        connection: {
          type: "string",
          pattern: `^@${connection.family}\\..+$`,
          description:
            `Connection of the family ${connection.family}: "@${connection.family}.alias".`,
        },
      }),
    },
  };
}

/** A parameter may stand for a value of any type; for text it fits already. */
function withParam(schema: JsonSchema): JsonSchema {
  const types = [schema.type].flat();
  const isText = types.includes("string") && schema.pattern === undefined &&
    schema.enum === undefined;
  if (
    isText ||
    (schema.type === undefined && schema.enum === undefined && !schema.anyOf)
  ) return schema;
  const { description, default: standard, ...rule } = schema;
  return {
    ...(description !== undefined && { description }),
    ...(standard !== undefined && { default: standard }),
    anyOf: [rule, { $ref: "#/$defs/param" }],
  };
}

/** Local references count from the root of the config's own schema. */
function rebase(node: unknown, name: string): unknown {
  if (Array.isArray(node)) return node.map((item) => rebase(item, name));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === "$ref" && typeof value === "string"
        ? value.replace(/^#\//, `#/$defs/${name}/`)
        : rebase(value, name),
    ]),
  );
}
