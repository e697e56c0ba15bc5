/**
 * Small file systems in memory, for tests of a full disk. Mounting needs root
 * on Linux; elsewhere {@linkcode tmpfsAvailable} says so and the test is to be ignored.
 *
 * @module
 */

import { join } from "node:path";
import { command, commandOk } from "./command.ts";
import { callKit, kitUrl } from "./remote.ts";
import { runFolder } from "./watchdog.ts";

/** A mounted file system, unmounted when its `await using` scope ends. */
export interface Tmpfs extends AsyncDisposable {
  /** Absolute path of the mount point. */
  readonly path: string;
  /** Refuses all writes from now on. */
  freeze(): Promise<void>;
}

/** Whether {@linkcode mountTmpfs} can do its work here: `Deno.test({ ignore: !(await tmpfsAvailable()), … })`. */
export async function tmpfsAvailable(): Promise<boolean> {
  if (kitUrl() !== undefined) {
    return await callKit("tmpfsAvailable", {}) as boolean;
  }
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  try {
    await unmountLocal(await mountLocal(1));
    return true;
  } catch {
    return false; // Root without the right to mount, as in most containers.
  }
}

/** Mounts an empty file system that holds `mebibytes` MiB and not a byte more. */
export async function mountTmpfs(mebibytes: number): Promise<Tmpfs> {
  if (kitUrl() !== undefined) {
    const path = await callKit("mount", { mebibytes }) as string;
    return {
      path,
      freeze: async () => void await callKit("freeze", { path }),
      [Symbol.asyncDispose]: async () =>
        void await callKit("unmount", { path }),
    };
  }
  const path = await mountLocal(mebibytes);
  return {
    path,
    freeze: () => freezeLocal(path),
    [Symbol.asyncDispose]: () => unmountLocal(path),
  };
}

/** Mounts in this process' run folder, which the guard unmounts at the latest; returns the mount point. */
export async function mountLocal(mebibytes: number): Promise<string> {
  const { path } = await runFolder();
  const point = await Deno.makeTempDir({ dir: path, prefix: "tmpfs-" });
  await mountAt(point, mebibytes);
  return point;
}

/** Mounts over an existing folder of the run folder. */
export async function mountAt(point: string, mebibytes: number): Promise<void> {
  await commandOk("mount", [
    "-t",
    "tmpfs",
    "-o",
    `size=${mebibytes}m,mode=777`,
    "osiris-test",
    point,
  ]);
}

/** Makes a mount of {@linkcode mountLocal} read-only. */
export async function freezeLocal(point: string): Promise<void> {
  await requireOurs(point);
  await commandOk("mount", ["-o", "remount,ro", point]);
}

/** Unmounts and removes a mount point of {@linkcode mountLocal}. */
export async function unmountLocal(point: string): Promise<void> {
  await requireOurs(point);
  // Lazy: a process just killed may hold a file for a moment more.
  await command("umount", ["-l", point]);
  await Deno.remove(point, { recursive: true });
}

async function requireOurs(point: string): Promise<void> {
  const { path } = await runFolder();
  if (point.startsWith(join(path, "/"))) return;
  throw new Error(`Cannot touch mount "${point}": not one of ours`);
}
