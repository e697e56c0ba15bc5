/**
 * Why a step's process has ended that was not told to.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import { memoryError, type ProcessLimits } from "../worker/keep_limits.ts";
import { plainText } from "./forgery.ts";

/** The last of what a process writes to its error stream; all of it is read. */
export async function tail(
  stream: ReadableStream<Uint8Array>,
): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text = (text + decoder.decode(chunk, { stream: true })).slice(-4096);
  }
  return text;
}

/** How a process has ended, by its status and its last words. */
export function explainEnd(
  name: string,
  limits: ProcessLimits,
  { signal, code }: Deno.CommandStatus,
  stderr: string,
): OsirisError {
  if (/out of memory|Allocation failed/i.test(stderr)) {
    return memoryError(limits.memoryMb);
  }
  const first = plainText(stderr.trim().split("\n")[0].slice(0, 500));
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  return new OsirisError(
    "driver/exited",
    `Cannot complete step "${name}": its process ended without a result: ${how}${
      first ? `: ${first}` : ""
    }`,
    { step: name },
  );
}

/** Says that a process could not even be started. */
export function neverStarted(name: string, cause: unknown): OsirisError {
  return new OsirisError(
    "driver/exited",
    `Cannot start process of "${name}": ${
      cause instanceof Error ? cause.message : cause
    }`,
    { step: name, cause },
  );
}
