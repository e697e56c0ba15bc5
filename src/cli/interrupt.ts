/**
 * Signals of the process: the first stops the run cleanly, the second at once.
 *
 * @module
 */
import { OsirisError } from "../error.ts";
import type { Terminal } from "./terminal.ts";

/** Seconds after a signal when nothing is waited for any longer; what is left then is swept by the next run. */
const LAST_RESORT_S = 5;

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** The exit code that tells which signal it was. */
export function interruptedExitCode({ details }: OsirisError): number {
  return details?.signal === "SIGTERM" ? EXIT_CODES.SIGTERM : EXIT_CODES.SIGINT;
}

/** Listens for signals until it is disposed of. */
export interface Interrupts extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Exit code that the signal asks for; null when there was none. */
  readonly exitCode: number | null;
}

/** Starts to listen for SIGINT and SIGTERM. */
export function listenForInterrupts(terminal: Terminal): Interrupts {
  const controller = new AbortController();
  let exitCode: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const listeners = Object.entries(EXIT_CODES).map(([name, code]) => {
    const listener = (): void => {
      if (exitCode !== null) Deno.exit(exitCode);
      exitCode = code;
      terminal.err(`${name}: stopping, once more to stop at once\n`);
      timer = setTimeout(() => Deno.exit(code), LAST_RESORT_S * 1000);
      controller.abort(
        new OsirisError(
          "run/interrupted",
          `Cannot complete run: interrupted by ${name}`,
          { details: { signal: name } },
        ),
      );
    };
    Deno.addSignalListener(name as Deno.Signal, listener);
    return () => Deno.removeSignalListener(name as Deno.Signal, listener);
  });
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      listeners.forEach((remove) => remove());
    },
  };
}
