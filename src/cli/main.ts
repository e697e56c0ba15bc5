/**
 * From arguments to a command and its exit code.
 *
 * @module
 */
import { didYouMean } from "../suggest.ts";
import { quoted } from "../describe.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { asError, errorJson, refusedExitCode, tellError } from "./failure.ts";
import { commandHelp, overview } from "./help.ts";
import { printJson } from "./json.ts";
import { type Arguments, readArguments, usageError } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/**
 * Runs a command. Never throws: what goes wrong is said on stderr.
 *
 * @returns The exit code.
 */
export async function runCommand(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  try {
    return await dispatch(args, terminal);
  } catch (thrown) {
    const error = asError(thrown);
    if (args.includes("--json")) {
      printJson(terminal, { status: "refused", error: errorJson(error) });
    }
    tellError(terminal, error);
    return refusedExitCode(error);
  }
}

async function dispatch(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const [first, second] = args;
  if (first === undefined) {
    terminal.err(overview());
    return 2;
  }
  if (first === "--version" || first === "-V") {
    terminal.out(`osiris ${VERSION}\n`);
    return 0;
  }
  if (first === "--help" || first === "-h" || first === "help") {
    return help(args.slice(1), terminal);
  }
  const name = COMMANDS[first] !== undefined ? first : `${first} ${second}`;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) return noCommand(first, second, terminal);
  const read = readArguments(
    args.slice(name.split(" ").length),
    command.options,
    name,
  );
  if (read.has("help")) {
    terminal.out(commandHelp(name, command));
    return 0;
  }
  checkPositionals(name, command, read);
  const { action } = await command.load();
  return await action({ args: read, terminal, name });
}

function help(args: readonly string[], terminal: Terminal): number {
  const name = args.join(" ");
  if (args.length === 0) terminal.out(overview());
  else if (Object.hasOwn(COMMANDS, name)) {
    terminal.out(commandHelp(name, COMMANDS[name]));
  } else if (args.length === 1 && groups().has(name)) {
    terminal.out(overview(name));
  } else throw unknownCommand(name);
  return 0;
}

function noCommand(
  first: string,
  second: string | undefined,
  terminal: Terminal,
): number {
  if (!groups().has(first)) throw unknownCommand(first);
  if (second === undefined || second === "--help" || second === "-h") {
    (second === undefined ? terminal.err : terminal.out)(overview(first));
    return second === undefined ? 2 : 0;
  }
  throw unknownCommand(`${first} ${second}`);
}

function unknownCommand(name: string): Error {
  if (name.startsWith("-")) {
    return usageError(
      `there is no option ${quoted(name)}`,
      didYouMean(name, ["--help", "--version"]),
      "",
    );
  }
  const names = [...Object.keys(COMMANDS), ...groups(), "help"];
  const near = didYouMean(name, names);
  const hint = near?.startsWith("Did") ? near : "See osiris --help";
  return usageError(`there is no command ${quoted(name)}`, hint, "");
}

function groups(): Set<string> {
  return new Set(
    Object.keys(COMMANDS).filter((name) => name.includes(" ")).map((name) =>
      name.split(" ")[0]
    ),
  );
}

function checkPositionals(
  name: string,
  { takes }: Command,
  { positionals }: Arguments,
): void {
  const missing = takes.find((taken, index) =>
    !taken.startsWith("[") && positionals[index] === undefined
  );
  const usage = `Write osiris ${[name, ...takes].join(" ")}`;
  if (missing !== undefined) {
    throw usageError(`${missing} is missing`, usage, name);
  }
  if (positionals.length > takes.length) {
    throw usageError(
      `${quoted(positionals[takes.length])} is one argument too many`,
      usage,
      name,
    );
  }
}
