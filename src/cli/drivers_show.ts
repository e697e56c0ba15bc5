/**
 * `osiris drivers show`.
 *
 * @module
 */
import { drivers, type DriverSpec, OsirisError } from "../../mod.ts";
import { quoted } from "../describe.ts";
import type { JsonSchema, NeedItem } from "../driver/spec.ts";
import { describeTypes } from "../schema/type.ts";
import { didYouMean } from "../suggest.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";

/** Shows a driver's spec. */
export const action: CommandAction = ({ args, terminal }) => {
  const [name] = args.positionals;
  const spec = drivers.get(name)?.spec;
  if (spec === undefined) {
    throw new OsirisError(
      "driver/unknown",
      `Cannot show driver: no driver is named ${quoted(name)}`,
      {
        hint: didYouMean(name, drivers.keys()),
      },
    );
  }
  if (args.has("json")) printJson(terminal, spec);
  else terminal.out(describe(spec));
  return Promise.resolve(0);
};

function describe(spec: DriverSpec): string {
  const { min, max } = spec.inputs;
  const count = min === max ? String(min) : `${min} to ${max ?? "any number"}`;
  return [
    `${spec.name} ${spec.version} (${spec.mode})`,
    spec.summary,
    "",
    `Tables: takes ${count}, gives ${spec.output ? "one" : "none"}`,
    ...permissions(spec),
    "",
    "Config:",
    ...properties(spec.config),
    ...(spec.connection === undefined ? [] : [
      "",
      `Connection of family ${spec.connection.family}${
        spec.connection.required ? "" : " (optional)"
      }:`,
      ...properties(spec.connection.fields, spec.connection.secrets),
    ]),
    "",
  ].join("\n");
}

/** What a step of this driver may do, as templates. */
function permissions({ needs = {}, files = {} }: DriverSpec): string[] {
  const items = (["net", "read", "write"] as const).flatMap((kind) =>
    (needs[kind] ?? []).map((need) => `${kind} ${describeNeed(need)}`)
  );
  const opened = Object.values(files).map(({ mode, path }) =>
    `${mode} ${path}`
  );
  return [
    `Sandbox: ${
      items.length === 0 ? "no permission at all" : items.join(", ")
    }`,
    ...(opened.length === 0 ? [] : [`Opened for it: ${opened.join(", ")}`]),
  ];
}

function describeNeed(need: NeedItem): string {
  if (typeof need === "string") return need;
  const { item, when, unless } = need;
  return `${item}${when === undefined ? "" : ` (with ${when})`}${
    unless === undefined ? "" : ` (without ${unless})`
  }`;
}

/** The keys of a schema, those below them indented. */
function properties(
  schema: JsonSchema,
  secrets: readonly string[] = [],
  indent = "  ",
): string[] {
  const required = (schema.required ?? []) as string[];
  const entries = Object.entries(
    (schema.properties ?? {}) as Record<string, JsonSchema>,
  );
  if (entries.length === 0) return [`${indent}none`];
  return entries.flatMap(([key, own]) => {
    const facts = [
      describeType(own),
      ...(required.includes(key) ? ["required"] : []),
      ...(own.default !== undefined
        ? [`default ${JSON.stringify(own.default)}`]
        : []),
      ...(secrets.includes(key) ? ["secret"] : []),
    ].filter((fact) => fact !== "");
    return [
      `${indent}${key}${facts.length === 0 ? "" : `  ${facts.join(", ")}`}`,
      ...(typeof own.description === "string"
        ? [`${indent}    ${own.description}`]
        : []),
      ...maps(own).flatMap((map) => properties(map, secrets, `${indent}    `)),
    ];
  });
}

/** The schemas of the maps that a value is, may be, or has as its items. */
function maps(schema: JsonSchema): JsonSchema[] {
  if (schema.properties !== undefined) return [schema];
  const { items, anyOf = [], oneOf = [] } = schema;
  const inner = [items, ...anyOf as unknown[], ...oneOf as unknown[]];
  return inner.flatMap((one) =>
    typeof one === "object" && one !== null ? maps(one as JsonSchema) : []
  );
}

function describeType(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) {
    return schema.enum.map((item) => JSON.stringify(item)).join(" | ");
  }
  if (schema.type !== undefined) {
    return describeTypes([schema.type].flat() as string[]);
  }
  const branches = (schema.anyOf ?? schema.oneOf ?? []) as JsonSchema[];
  return [...new Set(branches.map(describeType))].filter((text) => text !== "")
    .join(" or ");
}
