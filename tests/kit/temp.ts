/**
 * Folders for one test each, under `tests/.tmp/`, gone when the test ends.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of `tests/.tmp`, the one place where tests leave files. */
export const TEMP_ROOT: string = fileURLToPath(
  new URL("../.tmp", import.meta.url),
);

/** A folder that is removed when its `await using` scope ends. */
export interface TempDir extends AsyncDisposable {
  /** Absolute path of the folder. */
  readonly path: string;
  /** Absolute path of something in the folder, which need not exist. */
  file(...names: string[]): string;
  /** Writes a file, making the folders above it, and returns its absolute path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
}

/**
 * Makes an empty folder of its own for one test.
 *
 * @param prefix Begins the folder's name, so that a forgotten one tells whose it was.
 */
export async function tempDir(prefix = "test-"): Promise<TempDir> {
  await Deno.mkdir(TEMP_ROOT, { recursive: true });
  const path = await Deno.makeTempDir({ dir: TEMP_ROOT, prefix });
  const file = (...names: string[]): string => join(path, ...names);
  return {
    path,
    file,
    async write(name, content): Promise<string> {
      const target = file(name);
      await Deno.mkdir(join(target, ".."), { recursive: true });
      if (typeof content === "string") {
        await Deno.writeTextFile(target, content);
      } else await Deno.writeFile(target, content);
      return target;
    },
    [Symbol.asyncDispose]: () => removeTree(path),
  };
}

/** Removes a folder and all in it; one that is gone already is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
