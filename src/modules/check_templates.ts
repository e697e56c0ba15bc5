/**
 * Checks the templates of a spec: what they refer to has to be there, and must
 * be no secret.
 *
 * A reference that is misspelt would leave a permission out without a word.
 *
 * @module
 */
import { childPath, isSecretName, quoted } from "../describe.ts";
import type { DriverSpec, NeedItem } from "../driver/spec.ts";
import type { FaultList } from "../fault_list.ts";
import { didYouMean } from "../suggest.ts";

const REFERENCE = /\{([^{}|]+)(?:\|[^{}]*)?\}/g;

/** Adds a fault for every reference in `needs` and `files` that can't be right. */
export function checkTemplates(spec: DriverSpec, faults: FaultList): void {
  for (const [path, template] of templatesOf(spec)) {
    for (const [, reference] of template.matchAll(REFERENCE)) {
      checkReference(reference.trim(), path, spec, faults);
      if (!isHidden(path, template)) {
        checkSecret(reference.trim(), path, spec, faults);
      }
    }
    if (!/[{}]/.test(template.replace(REFERENCE, ""))) continue;
    faults.add(
      "driver/invalid",
      path,
      `${quoted(template)} is no template`,
      'Write "{config.key}" or "{connection.key|default}"',
    );
  }
}

function* templatesOf(spec: DriverSpec): Generator<[string, string]> {
  for (const kind of ["net", "read", "write"] as const) {
    const needs: readonly NeedItem[] = spec.needs?.[kind] ?? [];
    for (const [index, need] of needs.entries()) {
      const path = childPath(`spec.needs.${kind}`, index);
      if (typeof need === "string") {
        yield [path, need];
        continue;
      }
      yield [`${path}.item`, need.item];
      for (const key of ["when", "unless"] as const) {
        const text = need[key]; // a reference, with or without its braces
        if (text === undefined) continue;
        yield [`${path}.${key}`, text.includes("{") ? text : `{${text}}`];
      }
    }
  }
  for (const [name, need] of Object.entries(spec.files ?? {})) {
    for (const key of ["path", "base", "createFolders"] as const) {
      const text = need[key];
      if (typeof text === "string") yield [`spec.files.${name}.${key}`, text];
    }
  }
}

function checkReference(
  reference: string,
  path: string,
  spec: DriverSpec,
  faults: FaultList,
): void {
  const [root, ...keys] = reference.split(".");
  const key = keys[0] ?? "";
  const known = root === "config"
    ? spec.config.properties ?? {}
    : root === "connection"
    ? spec.connection?.fields.properties ?? {}
    : undefined;
  if (known === undefined || !Object.hasOwn(known as object, key)) {
    faults.add(
      "driver/invalid",
      path,
      `refers to ${quoted(reference)}, which is no key of config or connection`,
      known && didYouMean(key, Object.keys(known as object)),
    );
  }
}

/**
 * Whether the value itself is not shown: `when` and `unless` ask whether there
 * is one, and of a URL that is a host in whole only host and port are taken.
 */
function isHidden(path: string, template: string): boolean {
  return /\.(when|unless)$/.test(path) ||
    (path.startsWith("spec.needs.net") && /^\{[^{}]*\}$/.test(template));
}

function checkSecret(
  reference: string,
  path: string,
  spec: DriverSpec,
  faults: FaultList,
): void {
  const [root, key = "", ...rest] = reference.split(".");
  if (root !== "connection") return;
  const secrets = spec.connection?.secrets ?? [];
  const field = [key, ...rest].join(".");
  if (secrets.includes(field) || secrets.includes(key) || isSecretName(field)) {
    faults.add(
      "driver/invalid",
      path,
      `refers to ${quoted(reference)}, which is a secret`,
      "A permission is shown and written down: name no secret in it",
    );
  }
}
