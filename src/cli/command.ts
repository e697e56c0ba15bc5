/**
 * What a command of the command line is.
 *
 * @module
 */
import type { Arguments, OptionName } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** What a command gets. */
export interface CommandInput {
  readonly args: Arguments;
  readonly terminal: Terminal;
  /** As it was called: `runs show`. */
  readonly name: string;
}

/** Does a command's work and gives its exit code. */
export type CommandAction = (input: CommandInput) => Promise<number>;

/** A command, its code not loaded yet. */
export interface Command {
  /** One line, in the imperative. */
  readonly summary: string;
  /** Positional arguments: `MANIFEST`, `[TABLE]`. */
  readonly takes: readonly string[];
  readonly options: readonly OptionName[];
  /** Further lines for its help. */
  readonly notes?: string;
  /** Loads its code. */
  readonly load: () => Promise<{ readonly action: CommandAction }>;
}
