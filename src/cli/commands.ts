/**
 * All commands by name. Their code is loaded when they are called, so that
 * help and mistakes cost nothing.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { MANIFEST_OPTIONS, type OptionName } from "./option_table.ts";

const CONNECTION_OPTIONS: readonly OptionName[] = ["connections", "env-file"];

/** Commands by name; a name of two words is a group and a verb. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  run: {
    summary: "Run a manifest",
    takes: ["MANIFEST"],
    options: [
      ...MANIFEST_OPTIONS,
      "resume",
      "from",
      "to",
      "committed",
      "not-committed",
      "dry-run",
      "json",
      "quiet",
      "verbose",
    ],
    notes:
      "MANIFEST is a file or an https URL. Ctrl-C stops the run cleanly, a second one at once.",
    load: () => import("./run.ts"),
  },
  validate: {
    summary: "Check a manifest and report all its faults",
    takes: ["MANIFEST"],
    options: ["param", "parallel", "allow-unpinned", "json"],
    load: () => import("./validate.ts"),
  },
  plan: {
    summary:
      "Show order, inputs and permissions, and the deno command that suffices",
    takes: ["MANIFEST"],
    options: [...MANIFEST_OPTIONS, "diff", "json"],
    load: () => import("./plan.ts"),
  },
  lock: {
    summary: "Write osiris.lock.json: each step's driver and permissions",
    takes: ["MANIFEST"],
    options: [
      ...MANIFEST_OPTIONS.filter((name) => name !== "locked"),
      "json",
    ],
    notes:
      "Run it where the run is run; `osiris run --locked` then refuses any difference.",
    load: () => import("./lock.ts"),
  },
  "drivers list": {
    summary: "List the drivers there are",
    takes: [],
    options: ["json"],
    load: () => import("./drivers_list.ts"),
  },
  "drivers show": {
    summary: "Show what a driver does, takes and needs",
    takes: ["NAME"],
    options: ["json"],
    load: () => import("./drivers_show.ts"),
  },
  "connections list": {
    summary: "List the connections there are, secrets masked",
    takes: ["[@FAMILY.ALIAS]"],
    options: [...CONNECTION_OPTIONS, "family", "alias", "json"],
    load: () => import("./connections_list.ts"),
  },
  "connections doctor": {
    summary: "Try the connections there are",
    takes: ["[@FAMILY.ALIAS]"],
    options: [...CONNECTION_OPTIONS, "family", "alias", "json"],
    notes:
      "The exit code is the number of connections that failed, at most 100.",
    load: () => import("./connections_doctor.ts"),
  },
  discover: {
    summary: "List the tables behind a connection, or describe one",
    takes: ["@FAMILY.ALIAS", "[TABLE]"],
    options: [...CONNECTION_OPTIONS, "json"],
    load: () => import("./discover.ts"),
  },
  "runs list": {
    summary: "List the runs there were",
    takes: [],
    options: ["pipeline", "profile", "status", "limit", "json"],
    load: () => import("./runs_list.ts"),
  },
  "runs show": {
    summary: "Show one run",
    takes: ["RUN"],
    options: ["events", "metrics", "json"],
    notes: "RUN is a run's id, the part of it after the time, or last.",
    load: () => import("./runs_show.ts"),
  },
  audit: {
    summary: "Show what each step of a run was granted, used and denied",
    takes: ["RUN"],
    options: ["checks", "json"],
    notes:
      "Deno tells what a step used only when the run was started with\nDENO_AUDIT_PERMISSIONS=FILE; name that file with --checks.",
    load: () => import("./audit.ts"),
  },
  "init driver": {
    summary: "Write a driver of your own, with its test",
    takes: ["NAME"],
    options: [],
    notes:
      "NAME is family.role, such as weather.extractor. Writes NAME.ts and NAME_test.ts here.",
    load: () => import("./init_driver.ts"),
  },
  "state show": {
    summary: "Show what incremental steps have kept",
    takes: ["[PIPELINE]", "[STEP]"],
    options: ["state", "json"],
    load: () => import("./state_show.ts"),
  },
  "state reset": {
    summary: "Forget what incremental steps have kept, to read all again",
    takes: ["PIPELINE", "[STEP]"],
    options: ["state", "json"],
    load: () => import("./state_reset.ts"),
  },
  schema: {
    summary: "Print the JSON Schema of manifests, for editors",
    takes: [],
    options: [],
    load: () => import("./schema.ts"),
  },
};
