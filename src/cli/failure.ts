/**
 * How a command that failed says so, and its exit code.
 *
 * @module
 */
import { quoted } from "../describe.ts";
import { type Fault, type OsirisError, toOsirisError } from "../error.ts";
import { interruptedExitCode } from "./interrupt.ts";
import { printable, styled, type Terminal } from "./terminal.ts";

/** The exit code of what was refused before anything ran. */
export function refusedExitCode(error: OsirisError): number {
  if (isPermission(error)) return 3;
  if (error.code === "run/interrupted") return interruptedExitCode(error);
  return error.code === "internal/bug" ? 1 : 2;
}

/** The exit code of a run that did not succeed. */
export function failedExitCode(error: OsirisError): number {
  return isPermission(error) ? 3 : 1;
}

/** Whether it comes down to a permission that is missing. */
function isPermission(error: OsirisError): boolean {
  if (
    error.code.startsWith("permission/") || error.code === "driver/permission"
  ) return true;
  for (
    let cause = error.cause, depth = 0;
    cause instanceof Error && depth < 8;
    depth++
  ) {
    if (cause.name === "NotCapable") return true;
    cause = cause.cause;
  }
  return false;
}

/** Whatever was thrown, as an error with a code. */
export function asError(thrown: unknown): OsirisError {
  return toOsirisError(thrown, "internal/bug", "finish");
}

/** Says an error on stderr: message, every fault, hint. */
export function tellError(terminal: Terminal, error: OsirisError): void {
  const { code, message, faults = [], hint, step } = error;
  const where = step === undefined ? "" : ` in step ${quoted(step)}`;
  const lines = faults.length > 1
    ? [
      `${message.replace(/: \d+ faults, the first at .*$/s, "")}:`,
      ...faults.map(faultLine),
    ]
    : [message];
  terminal.err(`${styled(terminal, "red", "error")} ${code}${where}\n`);
  for (const line of lines) terminal.err(`${indented(line)}\n`);
  if (hint !== undefined) {
    terminal.err(`${styled(terminal, "bold", "hint")}: ${indented(hint)}\n`);
  }
  // What nobody foresaw is ours to mend: the trace says where.
  if (code === "internal/bug" && error.cause instanceof Error) {
    terminal.err(`${error.cause.stack}\n`);
  }
}

function indented(text: string): string {
  return printable(text).replaceAll("\n", "\n  ");
}

function faultLine({ path, message, hint }: Fault): string {
  return `  ${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`;
}

/** An error as JSON. */
export function errorJson(error: OsirisError): Record<string, unknown> {
  const { code, message, hint, step, faults, details } = error;
  return { code, message, hint, step, faults, details };
}
