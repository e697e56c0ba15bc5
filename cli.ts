/**
 * The command line: `osiris run MANIFEST`, `plan`, `validate` and others.
 *
 * Start it with `deno run --no-prompt --unstable-worker-options` and the
 * permissions that `plan` prints.
 *
 * @module
 */
import { runCommand } from "./src/cli/main.ts";
import { systemTerminal } from "./src/cli/terminal.ts";

/**
 * Runs a command.
 *
 * @param args As in `Deno.args`.
 * @returns The exit code: 0 done, 1 a step failed, 2 refused before the start,
 * 3 permission denied, 130 or 143 interrupted.
 */
export function main(args: readonly string[]): Promise<number> {
  return runCommand(args, systemTerminal());
}

if (import.meta.main) Deno.exit(await main(Deno.args));
