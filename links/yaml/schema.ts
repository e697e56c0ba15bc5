/**
 * The named schemas of `@std/yaml`, built from js-yaml's types.
 *
 * Why not js-yaml's own numbers: the real package descends from an older
 * release, where a leading zero means octal (`010` is 8), `1_000` is a number,
 * and `0o10`, `09` and `007.5` are strings. Zip codes and order numbers hang on
 * that.
 *
 * @module
 */
// @ts-types="npm:@types/js-yaml@4.0.9"
import yaml from "npm:js-yaml@4.3.2";

/** Name of a schema. The real package knows `"extended"` as well. */
export type SchemaType = "failsafe" | "json" | "core" | "default";

// `types` is exported by js-yaml but missing from its type package.
const types = (yaml as unknown as { types: Record<string, yaml.Type> }).types;

const intText =
  /^[-+]?(?:0b[01_]*[01]|0x[\da-fA-F_]*[\da-fA-F]|0[0-7_]*[0-7]|0|[1-9](?:[\d_]*\d)?)$/;
const floatText =
  /^(?:[-+]?(?:0|[1-9][\d_]*)(?:\.[\d_]*)?(?:[eE][-+]?\d+)?|\.[\d_]+(?:[eE][-+]?\d+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

const int = new yaml.Type("tag:yaml.org,2002:int", {
  kind: "scalar",
  resolve: (text: string | null) => text !== null && intText.test(text),
  construct: (text: string) => {
    const digits = text.replace(/[-+_]/g, "");
    const value = Number(digits.replace(/^0(?=\d)/, "0o"));
    return text.startsWith("-") && value !== 0 ? -value : value;
  },
  predicate: types.int.predicate as (data: unknown) => boolean,
  represent: types.int.represent as { [style: string]: (x: unknown) => string },
  defaultStyle: "decimal",
});

const float = new yaml.Type("tag:yaml.org,2002:float", {
  kind: "scalar",
  resolve: (text: string | null) =>
    text !== null && floatText.test(text) && !text.endsWith("_"),
  construct: (text: string) => types.float.construct(text.replaceAll("_", "")),
  predicate: types.float.predicate as (data: unknown) => boolean,
  represent: types.float.represent as (x: unknown) => string,
  defaultStyle: "lowercase",
});

const core = yaml.FAILSAFE_SCHEMA.extend({
  implicit: [types.null, types.bool, int, float],
});

const schemas: Record<SchemaType, yaml.Schema> = {
  failsafe: yaml.FAILSAFE_SCHEMA,
  json: core,
  core,
  default: core.extend({
    implicit: [types.timestamp, types.merge],
    explicit: [types.binary, types.omap, types.pairs, types.set],
  }),
};

/** The js-yaml schema behind a name; the default one for no or an unknown name. */
export function schemaNamed(name: SchemaType | undefined): yaml.Schema {
  return schemas[name ?? "default"] ?? schemas.default;
}
