/**
 * `osiris runs show`.
 *
 * @module
 */
import { type RunDetails, type RunEvent, showRun } from "../../mod.ts";
import { countOf, formatCount, formatDuration } from "../units.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { columns, printable } from "./terminal.ts";

/** Shows a run: its outcome and steps, and its events and metrics if asked for. */
export const action: CommandAction = ({ args, terminal }) => {
  const details = showRun(args.positionals[0]);
  const { record, status, events, metrics } = details;
  if (args.has("json")) {
    printJson(terminal, {
      record,
      status,
      ...(args.has("events") && { events }),
      ...(args.has("metrics") && { metrics }),
    });
    return Promise.resolve(0);
  }
  const parts = [summary(details)];
  if (args.has("events")) parts.push("\n", lines(events));
  if (args.has("metrics")) parts.push("\n", lines(metrics));
  terminal.out(printable(parts.join("")));
  return Promise.resolve(0);
};

function lines(records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

function summary({ record, events }: RunDetails): string {
  const rows = [
    ["run", record.run_id],
    ["pipeline", `${record.pipeline} (${record.profile})`],
    [
      "status",
      record.code === null ? record.status : `${record.status}: ${record.code}`,
    ],
    ["steps", `${record.steps_completed} of ${record.steps_total}`],
    ["rows", formatCount(record.total_rows)],
    ["duration", formatDuration(record.duration_ms)],
    ["manifest", record.manifest_hash],
    ["folder", record.run_folder],
  ];
  const steps = events.filter(({ event }) =>
    event === "step_complete" || event === "step_failed"
  ).map(stepRow);
  return columns(rows) + (steps.length === 0 ? "" : `\n${columns(steps)}`);
}

function stepRow(
  { event, step_id: step, rows_processed: rows, duration_ms: ms, code, error }:
    RunEvent,
): string[] {
  return event === "step_complete"
    ? [
      String(step),
      "done",
      countOf(Number(rows), "row"),
      formatDuration(Number(ms)),
    ]
    : [String(step), "failed", String(code), String(error)];
}
