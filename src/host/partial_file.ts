/**
 * The file beside a target that is written in its stead: under an exclusive
 * lock, and a new one each time.
 *
 * A killed run may leave a process of its own behind, which writes on for a
 * moment: into a file that has no name any more, never into the next run's.
 *
 * @module
 */
import { dirname } from "node:path";
import { OsirisError } from "../error.ts";

/** How often a file that others take away is tried again. */
const ATTEMPTS = 3;

/**
 * Opens a new, empty file for reading and writing, and locks it. One that is
 * there already is removed, unless a live run has it.
 *
 * @param of Path of the target as the user wrote it.
 * @throws {OsirisError} `file/busy` when a live run writes it; what Deno throws otherwise.
 */
export async function openPartial(
  path: string,
  of: string,
  createFolders: boolean,
): Promise<Deno.FsFile> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const left = await openIfThere(path);
    if (left !== null) {
      using _ = left;
      if (!await left.tryLock(true)) break;
      if (await isAt(path, left)) await Deno.remove(path);
    }
    const file = await createFile(path, createFolders);
    if (file === null) continue;
    if (await file.tryLock(true) && await isAt(path, file)) return file;
    file.close();
  }
  throw new OsirisError(
    "file/busy",
    `Cannot write file "${of}": another run is writing it`,
    { hint: "Wait for the other run, or give this one another path" },
  );
}

async function openIfThere(path: string): Promise<Deno.FsFile | null> {
  try {
    return await Deno.open(path, { read: true, write: true });
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return null;
    throw thrown;
  }
}

/** Makes a file; null when somebody else just has. A folder that is there needs no permission: one is only made when there is none. */
async function createFile(
  path: string,
  createFolders: boolean,
): Promise<Deno.FsFile | null> {
  const options = { read: true, write: true, createNew: true };
  try {
    return await Deno.open(path, options);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AlreadyExists) return null;
    if (!createFolders || !(thrown instanceof Deno.errors.NotFound)) {
      throw thrown;
    }
  }
  await Deno.mkdir(dirname(path), { recursive: true });
  return await Deno.open(path, options);
}

/** Whether the path still leads to the open file. */
async function isAt(path: string, file: Deno.FsFile): Promise<boolean> {
  try {
    const [there, here] = [await Deno.lstat(path), await file.stat()];
    return there.ino === here.ino && there.dev === here.dev;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

/** What a file is known by to who is told to write it: its first bytes, until then. */
export type Mark = string;

/** Puts a new mark into an empty file. */
export function markFile(file: Deno.FsFile): Mark {
  const mark = crypto.randomUUID();
  const bytes = new TextEncoder().encode(mark);
  for (let at = 0; at < bytes.length;) {
    at += file.writeSync(bytes.subarray(at));
  }
  return mark;
}

/**
 * Opens a file that bears a mark, and empties it.
 *
 * @throws {OsirisError} `file/busy` when it is another run's by now; what Deno throws otherwise.
 */
export function openMarked(path: string, of: string, mark: Mark): Deno.FsFile {
  const file = Deno.openSync(path, { read: true, write: true });
  const bytes = new Uint8Array(mark.length);
  const read = file.readSync(bytes) ?? 0;
  if (new TextDecoder().decode(bytes.subarray(0, read)) === mark) {
    file.truncateSync(0);
    file.seekSync(0, Deno.SeekMode.Start);
    return file;
  }
  file.close();
  throw new OsirisError(
    "file/busy",
    `Cannot write file "${of}": another run has taken its place`,
  );
}
