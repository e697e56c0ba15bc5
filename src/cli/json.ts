/**
 * Results as JSON for other programs.
 *
 * @module
 */
import type { Terminal } from "./terminal.ts";

/** Prints a result as indented JSON. */
export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value, null, 2)}\n`);
}
