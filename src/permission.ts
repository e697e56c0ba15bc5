/**
 * Deno's permissions as descriptors, flags and questions.
 *
 * @module
 */

/** Kinds of permission that a run may need. */
export type PermissionKind = "net" | "read" | "write" | "env" | "run";

/** One item of a permission: `net` of `db:3306`. */
export interface PermissionItem {
  readonly kind: PermissionKind;
  readonly item: string;
}

/** The flag that grants an item, such as `--allow-net=db:3306`. */
export function missingFlag(kind: PermissionKind, item: string): string {
  return `--allow-${kind}=${item}`;
}

/**
 * Whether this process holds an item. Never asks the user.
 *
 * @returns `denied` when the user refused it by a `--deny-` flag.
 */
export function permissionState(
  { kind, item }: PermissionItem,
): "granted" | "denied" | "missing" {
  const { state } = Deno.permissions.querySync(descriptor(kind, item));
  return state === "prompt" ? "missing" : state;
}

/** Whether this process holds an item. Never asks the user. */
export function isGranted(kind: PermissionKind, item: string): boolean {
  return permissionState({ kind, item }) === "granted";
}

function descriptor(
  kind: PermissionKind,
  item: string,
): Deno.PermissionDescriptor {
  if (kind === "net") return { name: "net", host: item };
  if (kind === "env") return { name: "env", variable: item };
  if (kind === "run") return { name: "run", command: item };
  return { name: kind, path: item };
}
