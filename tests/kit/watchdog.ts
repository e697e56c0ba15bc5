/**
 * The folder in which one test run keeps its servers, and the guard that cleans it up.
 *
 * Why a guard: a run may end by Ctrl-C, by SIGKILL or by a crash, and then no
 * `finally` runs. So a small shell process holds the reading end of a pipe whose
 * other end is ours. When we are gone, for whatever reason, the pipe closes; the
 * guard then ends every process that was entrusted to it, unmounts and removes
 * the folder. The orderly end takes the same way, so that way is always tested.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { TEMP_ROOT } from "./temp.ts";

/** A guarded folder; see the module comment. */
export interface RunFolder {
  /** Absolute path, short enough for a unix socket in it. */
  readonly path: string;
  /**
   * Entrusts a process to the guard. Since numbers are reused, it is only ended
   * if `mark` stands in its command line; the folder's path when left out.
   */
  adopt(pid: number, mark?: string): Promise<void>;
  /** Takes a process back after its end. */
  release(pid: number): Promise<void>;
  /** Ends all that was entrusted and removes the folder; resolves when that is done. */
  close(): Promise<void>;
}

/** Longest folder for which `<folder>/<server>/mysqld.sock` fits the 107 bytes of a unix socket address. */
const LONGEST_PATH = 70;

// First QUIT, since a PostgreSQL that is killed outright leaves its shared memory segment behind.
const GUARD = `
trap '' INT TERM HUP QUIT
cat >/dev/null
ours() {
  { tr '\\0' ' ' <"/proc/$1/cmdline" || ps -o command= -p "$1"; } 2>/dev/null |
    grep -qF -- "$(cat "$folder/pids/$1")"
}
folder=$1
living() {
  for file in "$folder"/pids/*; do
    pid=\${file##*/}
    if [ -e "$file" ] && ours "$pid"; then echo "$pid"; fi
  done
}
for pid in $(living); do kill -CONT "$pid"; kill -QUIT "$pid"; done 2>/dev/null
tries=0
while [ -n "$(living)" ] && [ $tries -lt 40 ]; do sleep 0.05; tries=$((tries + 1)); done
for pid in $(living); do kill -KILL "$pid"; done 2>/dev/null
while [ -n "$(living)" ] && [ $tries -lt 80 ]; do sleep 0.05; tries=$((tries + 1)); done
if [ -r /proc/mounts ]; then
  cut -d' ' -f2 /proc/mounts | grep -F -- "$folder/" | while read -r mount; do umount -l "$mount"; done
fi
rm -rf -- "$folder"
`;

// One per process by intent: all servers of a process live and die together.
let opened: Promise<RunFolder> | undefined;

/** The guarded folder of this process, made at the first call. */
export function runFolder(): Promise<RunFolder> {
  opened ??= open();
  return opened;
}

/** Closes the guarded folder of this process, if it was ever opened. */
export async function closeRunFolder(): Promise<void> {
  const folder = await opened;
  opened = undefined;
  await folder?.close();
}

async function open(): Promise<RunFolder> {
  await Deno.mkdir(TEMP_ROOT, { recursive: true });
  const suits =
    TEMP_ROOT.length + "/run-0123456789abcdef".length <= LONGEST_PATH &&
    await isOpenToOthers(TEMP_ROOT);
  const path = await Deno.makeTempDir({
    dir: suits ? TEMP_ROOT : tmpdir(),
    prefix: "run-",
  });
  const pids = join(path, "pids");
  await Deno.mkdir(pids);
  // A PostgreSQL run by another user has to pass through.
  await Deno.chmod(path, 0o711);
  const guard = new Deno.Command("sh", {
    args: ["-c", GUARD, "osiris-test-guard", path],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  guard.unref();
  return {
    path,
    adopt: (pid, mark = path) =>
      Deno.writeTextFile(join(pids, String(pid)), mark),
    release: (pid) => Deno.remove(join(pids, String(pid))).catch(ignoreMissing),
    async close(): Promise<void> {
      guard.ref();
      await guard.stdin.close();
      await guard.status;
    },
  };
}

/** Whether any user may pass through every folder down to `path`. */
async function isOpenToOthers(path: string): Promise<boolean> {
  for (
    let folder = path;
    folder !== dirname(folder);
    folder = dirname(folder)
  ) {
    const { mode } = await Deno.stat(folder);
    if (mode === null || (mode & 0o001) === 0) return false;
  }
  return true;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
