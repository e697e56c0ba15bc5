/**
 * Help texts, made from the tables of commands and options.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { type Option, type OptionName, OPTIONS } from "./option_table.ts";
import { columns } from "./terminal.ts";

const EXIT_CODES = columns([
  ["  0", "done"],
  ["  1", "a step failed"],
  ["  2", "refused before the start: usage, manifest or connection"],
  ["  3", "permission denied"],
  ["  130, 143", "interrupted"],
]);

/** Help of all commands, or of a group of them. */
export function overview(group?: string): string {
  const rows = Object.entries(COMMANDS)
    .filter(([name]) => group === undefined || name.startsWith(`${group} `))
    .map((
      [name, { takes, summary }],
    ) => [`  ${[name, ...takes].join(" ")}`, summary]);
  return [
    `osiris${group === undefined ? "" : ` ${group}`} COMMAND [OPTIONS]`,
    "",
    "Commands:",
    columns(rows) +
    (group === undefined
      ? "\nosiris COMMAND --help shows a command's options, osiris --version the version.\n"
      : ""),
    "Exit codes:",
    EXIT_CODES,
  ].join("\n");
}

/** Help of one command. */
export function commandHelp(
  name: string,
  { summary, takes, options, notes }: Command,
): string {
  const rows = [...options, "help" as const].map((
    option,
  ) => [optionUsage(option), OPTIONS[option].summary]);
  return [
    `osiris ${[name, ...takes].join(" ")} [OPTIONS]`,
    "",
    `${summary}.${notes === undefined ? "" : `\n${notes}`}`,
    "",
    "Options:",
    columns(rows),
  ].join("\n");
}

function optionUsage(name: OptionName): string {
  const { alias, value } = OPTIONS[name] as Option;
  return `  ${alias === undefined ? "   " : `-${alias},`} --${name}${
    value === undefined ? "" : ` ${value}`
  }`;
}
