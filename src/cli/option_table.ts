/**
 * The options of the command line.
 *
 * To add one: add it to {@linkcode OPTIONS} and name it in its commands.
 *
 * @module
 */
import { parseSize } from "../units.ts";

/** An option: a switch, or one that takes a value. */
export interface Option {
  /** What its value is called in help; a switch has none. */
  readonly value?: string;
  readonly alias?: string;
  readonly summary: string;
  readonly mayRepeat?: boolean;
  /** The values there are. */
  readonly choices?: readonly string[];
  /** Turns the text into a value; undefined when it is none. */
  readonly read?: (text: string) => unknown;
  /** What is expected, when `read` gives undefined. */
  readonly expected?: string;
}

const wholeNumber = (least: number) => (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) && Number(text) >= least ? Number(text) : undefined;

/** Every option of every command. */
export const OPTIONS = {
  help: { alias: "h", summary: "Show help" },
  json: { summary: "Print the result as JSON" },
  quiet: { alias: "q", summary: "Say nothing but errors on stderr" },
  verbose: { alias: "v", summary: "Say every event on stderr" },
  connections: {
    value: "FILE",
    summary:
      "Connections file, in place of looking for osiris_connections.yaml",
  },
  "env-file": {
    value: "FILE",
    summary: "File of variables, in place of looking for .env",
  },
  out: {
    value: "DIR",
    summary: "Folder in which run folders are made (default: run_logs)",
  },
  param: {
    value: "NAME=VALUE",
    summary: "Value of a parameter of the manifest",
    mayRepeat: true,
  },
  parallel: {
    value: "N",
    summary: "Steps that may run at once",
    read: wholeNumber(1),
    expected: "a whole number from 1",
  },
  "memory-budget": {
    value: "SIZE",
    summary:
      "Tables in memory, past which they spill to disk (default: 512MiB)",
    read: (text) => parseSize(/^\d+$/.test(text) ? Number(text) : text),
    expected: 'a size such as "512MiB"',
  },
  isolation: {
    value: "LEVEL",
    summary: "Where drivers run: worker, process, auto or inline",
    choices: ["worker", "process", "auto", "inline"],
  },
  grant: {
    value: "STEP:KIND=ITEM",
    summary: "Permission of a step: KIND is net, read or write",
    mayRepeat: true,
  },
  "allow-unpinned": {
    summary:
      "Take drivers from URLs without a hash, packages without a version",
  },
  locked: { summary: "Refuse what is not as osiris.lock.json has it" },
  diff: { summary: "Show how it differs from osiris.lock.json" },
  checks: {
    value: "FILE",
    summary: "What Deno wrote to DENO_AUDIT_PERMISSIONS during the run",
  },
  checkpoint: {
    summary: "Keep tables between steps until the run has succeeded",
  },
  resume: {
    value: "RUN",
    summary: "Go on with a run that did not succeed: its id, or last",
  },
  committed: {
    value: "STEP",
    summary: "When resuming: the changes of this step are in the target",
    mayRepeat: true,
  },
  "not-committed": {
    value: "STEP",
    summary: "When resuming: the changes of this step are not in the target",
    mayRepeat: true,
  },
  "dry-run": {
    summary: "Read the first rows of each source and write nothing",
  },
  from: {
    value: "VALUE",
    summary: "Read incremental sources again above this value of their cursor",
  },
  to: {
    value: "VALUE",
    summary: "Read incremental sources up to this value of their cursor",
  },
  state: {
    value: "DIR",
    summary: "Folder of incremental state (default: .osiris/state)",
  },
  family: { value: "NAME", summary: "Connections of this family only" },
  alias: { value: "NAME", summary: "Connections of this alias only" },
  pipeline: { value: "NAME", summary: "Runs of this pipeline only" },
  profile: { value: "NAME", summary: "Runs of this profile only" },
  status: {
    value: "STATUS",
    summary: "Runs with this status only",
    choices: ["success", "failed", "interrupted"],
  },
  limit: {
    value: "N",
    summary: "At most so many, the newest first (default: 20)",
    read: wholeNumber(1),
    expected: "a whole number from 1",
  },
  events: { summary: "Show the run's events" },
  metrics: { summary: "Show the run's metrics" },
} as const satisfies Record<string, Option>;

/** Name of an option, without dashes. */
export type OptionName = keyof typeof OPTIONS;

/** Options of everything that reads a manifest as a run does. */
export const MANIFEST_OPTIONS: readonly OptionName[] = [
  "connections",
  "env-file",
  "out",
  "param",
  "parallel",
  "memory-budget",
  "isolation",
  "state",
  "checkpoint",
  "grant",
  "allow-unpinned",
  "locked",
];
