/**
 * What a step's sandbox gets: the driver's needs, expanded, and what the user
 * grants.
 *
 * @module
 */
import { resolve } from "node:path";
import { childPath, quoted } from "../describe.ts";
import type { DriverOrigin } from "../driver/registry.ts";
import type { DriverSpec, NeedItem } from "../driver/spec.ts";
import type { Grants } from "../manifest/manifest.ts";
import { netItem, netValue } from "./net_item.ts";
import type { Permissions } from "./plan.ts";
import type { FileContext } from "./step_files.ts";
import { lookAtPath } from "./real_path.ts";
import { expandTemplate, hasValue, type TemplateScope } from "./template.ts";

/** Expands the needs of a spec and adds the grants of the step. */
export function planPermissions(
  spec: DriverSpec,
  scope: TemplateScope,
  grants: Grants,
  { cwd, path, links, faults }: Pick<
    FileContext,
    "cwd" | "path" | "links" | "faults"
  >,
): Permissions {
  const { net = [], read = [], write = [] } = spec.needs ?? {};
  const hosts = [
    ...expandAll(net, scope, netValue).map((text) => [text, `${path}.driver`]),
    ...grants.net.map((
      text,
      index,
    ) => [text, childPath(`${path}.permissions.net`, index)]),
  ].flatMap(([text, place]) => {
    const item = netItem(text);
    if (item !== undefined) return [item];
    faults.add(
      "config/invalid",
      place,
      `${quoted(text)} is no host:port`,
      'Write it as "host:port"',
    );
    return [];
  });
  return {
    net: unique(hosts),
    read: realPaths([...expandAll(read, scope), ...grants.read], cwd, links),
    write: realPaths([...expandAll(write, scope), ...grants.write], cwd, links),
  };
}

/** Adds what a sandbox needs to load a driver that is a module of the user's. */
export function withModule(
  permissions: Permissions,
  origin: DriverOrigin,
): Permissions {
  if (origin.kind !== "module") return permissions;
  const { files = [], imports = [] } = origin;
  return {
    ...permissions,
    read: unique([...permissions.read, ...files]),
    ...(imports.length > 0 && { import: imports }),
  };
}

function expandAll(
  items: readonly NeedItem[],
  scope: TemplateScope,
  write?: (value: string) => string,
): string[] {
  return items.flatMap((need) => {
    const { item, when, unless } = typeof need === "string"
      ? { item: need }
      : need as {
        item: string;
        when?: string;
        unless?: string;
      };
    if (when !== undefined && !hasValue(when, scope)) return [];
    if (unless !== undefined && hasValue(unless, scope)) return [];
    return expandTemplate(item, scope, write) ?? [];
  });
}

/** Links are followed: a grant of a link would grant whatever it points to later. */
function realPaths(
  paths: readonly string[],
  cwd: string,
  links: Set<string>,
): string[] {
  return unique(paths.map((path) => {
    const absolute = resolve(cwd, path);
    const { real } = lookAtPath(absolute);
    if (real !== absolute) links.add(absolute);
    return real;
  }));
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].sort();
}
