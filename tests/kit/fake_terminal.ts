/**
 * A terminal that keeps what is written to it.
 *
 * @module
 */
import type { Terminal } from "../../src/cli/terminal.ts";

/** What was written, and the terminal to write to. */
export interface FakeTerminal extends Terminal {
  readonly stdout: string;
  readonly stderr: string;
}

/** A terminal without colour that is no terminal, unless said otherwise. */
export function fakeTerminal(
  { isTerminal = false, isColored = false }: {
    isTerminal?: boolean;
    isColored?: boolean;
  } = {},
): FakeTerminal {
  let stdout = "";
  let stderr = "";
  return {
    isTerminal,
    isColored,
    columns: 80,
    out: (text) => void (stdout += text),
    err: (text) => void (stderr += text),
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
  };
}
