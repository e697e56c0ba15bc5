/**
 * What a step's driver may touch because the user wrote it: hosts and ports of
 * the connection, a URL of the config, paths of either. Nothing that the
 * driver's author wrote counts: no literal, no fallback, no default.
 *
 * @module
 */
import { resolve } from "node:path";
import type { DriverSpec, FileNeed, NeedItem } from "../driver/spec.ts";
import type { Grants } from "../manifest/manifest.ts";
import { netItem, netValue } from "./net_item.ts";
import type { PlannedStep } from "./plan.ts";
import { lookAtPath, lookAtTarget } from "./real_path.ts";
import { expandTemplate, type TemplateScope } from "./template.ts";

const REFERENCE = /\{([^{}|]+)(?:\|[^{}]*)?\}/g;

/** What follows from what the user wrote, and from nothing else. */
export function ownItems(planned: PlannedStep, cwd: string): Grants {
  const { driver: { spec }, step, connection } = planned;
  const scope = {
    config: step.config,
    connection: connection === null
      ? null
      : connection.written ?? connection.fields,
  };
  const paths = (kind: "read" | "write"): string[] => [
    ...(spec.needs?.[kind] ?? []).flatMap((need) =>
      valuesIn(templateOf(need), scope).map((value) =>
        lookAtPath(resolve(cwd, value)).real
      )
    ),
    ...filesOf(spec, kind).flatMap((need) => fileAnchors(need, scope, cwd)),
  ];
  return {
    net: (spec.needs?.net ?? []).flatMap((need) =>
      ownHost(templateOf(need), scope)
    ),
    read: paths("read"),
    write: paths("write"),
  };
}

/** A host is its own when every word of it is a field of the connection, or a URL of the config. */
function ownHost(template: string, scope: TemplateScope): string[] {
  const references = [...template.matchAll(REFERENCE)].map(([, path]) =>
    path.trim()
  );
  const literal = template.replace(REFERENCE, "");
  const bare = template.replace(REFERENCE, "{$1}");
  const isOfConnection = references.length > 0 && /^:?$/.test(literal) &&
    references.every((path) => path.startsWith("connection."));
  const text = expandTemplate(bare, scope, netValue);
  if (text === undefined) return [];
  const isUrl = references.length === 1 && literal === "" &&
    /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  return isOfConnection || isUrl ? [netItem(text) ?? text] : [];
}

/** The texts that a template's references stand for, where the user wrote them. */
function valuesIn(template: string, scope: TemplateScope): string[] {
  return [...template.matchAll(REFERENCE)].flatMap(([, path]) =>
    expandTemplate(`{${path}}`, scope) ?? []
  );
}

function fileAnchors(
  { mode, path, base }: FileNeed,
  scope: TemplateScope,
  cwd: string,
): string[] {
  const folder = base === undefined
    ? undefined
    : expandTemplate(base.replace(REFERENCE, "{$1}"), scope);
  const isOwnBase = folder === undefined ||
    /^\{[^{}]*\}$/.test(base ?? "");
  if (!isOwnBase) return [];
  return valuesIn(path, scope).map((value) => {
    const absolute = resolve(cwd, folder ?? "", value);
    return mode === "read"
      ? lookAtPath(absolute).real
      : lookAtTarget(absolute).real;
  });
}

function filesOf(spec: DriverSpec, mode: "read" | "write"): FileNeed[] {
  return Object.values(spec.files ?? {}).filter((need) => need.mode === mode);
}

function templateOf(need: NeedItem): string {
  return typeof need === "string" ? need : need.item;
}
