/**
 * Runs the tests with real servers at hand:
 * `deno run -A --no-prompt tests/run.ts [deno test arguments…]`.
 *
 * This harness holds all permissions so that the tests need not: they run as a
 * child under the narrow ones of `deno.json`, and ask over a loopback line for
 * servers, which are started at the first wish and gone at the end, however it
 * comes. A run that asks for none starts none. The last line is
 * `N passed, N failed`, taken from Deno's own summary; the exit code is 0 only
 * if nothing failed. Tests that take longer than `OSIRIS_TEST_MINUTES` (30) hang:
 * they are ended, and the run fails.
 *
 * @module
 */

import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { openControl, SHARED_FOLDER } from "./kit/control.ts";
import { closeRunFolder, runFolder } from "./kit/watchdog.ts";
import { readCounts } from "./kit/summary.ts";

/** The command under which the tests run; the arguments of this script follow it. */
const TEST_COMMAND = ["test", "-P", "--no-prompt"];

const ENDING: Partial<Record<Deno.Signal, number>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
};

async function main(args: readonly string[]): Promise<number> {
  // A harness under a harness has servers of its own.
  Deno.env.delete("OSIRIS_TEST_KIT");
  const folder = await runFolder();
  const control = openControl();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...TEST_COMMAND,
      ...await permissionsOfThisRun(folder.path),
      ...args,
    ],
    env: { OSIRIS_TEST_KIT: control.url, ...colour() },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  await folder.adopt(child.pid, TEST_COMMAND.join(" "));
  let interrupted: number | undefined;
  for (
    const [signal, code] of Object.entries(ENDING) as [Deno.Signal, number][]
  ) {
    Deno.addSignalListener(signal, () => {
      // A second one is from someone who has waited long enough; the guard still cleans up.
      if (interrupted !== undefined) Deno.exit(code);
      interrupted = code;
      child.kill("SIGKILL");
    });
  }
  const minutes = Number(Deno.env.get("OSIRIS_TEST_MINUTES") ?? 30);
  let hasHung = false;
  const end = setTimeout(() => {
    hasHung = true;
    child.kill("SIGKILL");
  }, minutes * 60_000);
  const output = await echo(child.stdout);
  const { code } = await child.status;
  clearTimeout(end);
  await control.close();
  await closeRunFolder();
  if (hasHung) {
    write(
      `\nThe tests had not ended after ${minutes} minutes and were killed\n`,
    );
  }
  return interrupted ?? report(output, hasHung ? 1 : code);
}

/**
 * What `deno.json` can't name, since it differs from run to run: the folder of the
 * servers, the unix socket of the shared MariaDB, and the very Deno that runs (the
 * name "deno" there means the one in `PATH`). A flag replaces the configured list
 * of its kind as a whole, so the list is repeated, its paths made absolute.
 */
async function permissionsOfThisRun(folder: string): Promise<string[]> {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const config = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const set = config.test?.permissions ?? {};
  const configured = typeof set === "string" ? config.permissions[set] : set;
  const flag = (
    kind: "read" | "write" | "net" | "run",
    more: string,
    adapt = (entry: string): string => entry,
  ): string[] => {
    const list: unknown = configured[kind];
    if (!Array.isArray(list)) return [];
    return [`--allow-${kind}=${[...list.map(adapt), more].join(",")}`];
  };
  const absolute = (path: string): string => resolve(root, path);
  const socket = `unix:${folder}/${SHARED_FOLDER.mariadb}/mysqld.sock`;
  return [
    ...flag("read", folder, absolute),
    ...flag("write", folder, absolute),
    ...flag("net", socket),
    ...flag("run", Deno.execPath()),
  ];
}

/** Copies the child's output to ours as it comes, and returns it as text. */
async function echo(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    for (let start = 0; start < chunk.length;) {
      start += Deno.stdout.writeSync(chunk.subarray(start));
    }
  }
  return text;
}

function report(output: string, code: number): number {
  const { passed, failed } = readCounts(output, code);
  write(`${passed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : code;
}

function write(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** The child writes into a pipe, so it can't see by itself whether a person is looking. */
function colour(): Record<string, string> {
  return Deno.stdout.isTerminal() && !Deno.noColor
    ? { FORCE_COLOR: "1" }
    : { NO_COLOR: "1" };
}

if (import.meta.main) Deno.exit(await main(Deno.args));
