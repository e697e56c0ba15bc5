/**
 * Paths as they really are, links followed, as far as this process may look.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { isGranted } from "../permission.ts";

/** What is known of a path. */
export interface PathState {
  /** Absolute, with links followed in what exists of it. */
  readonly real: string;
  /**
   * What is there: null for nothing, `unknown` when this process may not look,
   * `other` for pipes and devices.
   */
  readonly kind: "file" | "folder" | "other" | "unknown" | null;
}

/**
 * Looks at an absolute path.
 *
 * Without permission to read it, it is taken as it is written.
 */
export function lookAtPath(path: string): PathState {
  if (!isGranted("read", path)) return { real: path, kind: "unknown" };
  try {
    const real = Deno.realPathSync(path);
    return { real, kind: kindOf(path) };
  } catch (error) {
    if (!isMissing(error)) return { real: path, kind: "unknown" };
    return {
      real: join(nearestFolder(dirname(path)).real, restOf(path)),
      kind: null,
    };
  }

  function restOf(path: string): string {
    const { path: folder } = nearestFolder(dirname(path));
    return path.slice(folder.length).replace(/^[/\\]/, "");
  }
}

/** Looks at where a file is to be written: links are followed in its folder only. */
export function lookAtTarget(path: string): {
  readonly real: string;
  /** What is there now. */
  readonly kind: PathState["kind"];
  /** The folder it goes into, when that isn't there yet. */
  readonly missingFolder: string | null;
} {
  const folder = dirname(path);
  const kind = isGranted("read", path) ? kindOrNull(path) : "unknown";
  if (!isGranted("read", folder)) {
    return { real: path, kind, missingFolder: null };
  }
  const nearest = nearestFolder(folder);
  const isThere = nearest.path === folder;
  const realFolder = isThere ? nearest.real : join(
    nearest.real,
    folder.slice(nearest.path.length).replace(/^[/\\]/, ""),
  );
  return {
    real: join(realFolder, basename(path)),
    kind,
    missingFolder: isThere ? null : realFolder,
  };
}

/** The lowest folder on the way to `folder` that exists, `folder` itself included. */
function nearestFolder(folder: string): { path: string; real: string } {
  if (!isGranted("read", folder)) return { path: folder, real: folder };
  try {
    return { path: folder, real: Deno.realPathSync(folder) };
  } catch (error) {
    const parent = dirname(folder);
    if (!isMissing(error) || parent === folder) {
      return { path: folder, real: folder };
    }
    return nearestFolder(parent);
  }
}

function kindOrNull(path: string): PathState["kind"] {
  try {
    return kindOf(path);
  } catch (error) {
    return isMissing(error) ? null : "unknown";
  }
}

function kindOf(path: string): "file" | "folder" | "other" {
  const { isFile, isDirectory } = Deno.statSync(path);
  return isFile ? "file" : isDirectory ? "folder" : "other";
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}
