/**
 * `osiris runs list`.
 *
 * @module
 */
import { listRuns } from "../../mod.ts";
import { countOf, formatDuration } from "../units.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { columns, printable } from "./terminal.ts";

/** Lists runs, the newest first. */
export const action: CommandAction = ({ args, terminal }) => {
  const wanted = {
    pipeline: args.text("pipeline"),
    profile: args.text("profile"),
    status: args.text("status"),
  };
  const runs = listRuns().filter((run) =>
    Object.entries(wanted).every(([key, value]) =>
      value === undefined || run[key as keyof typeof wanted] === value
    )
  ).slice(0, args.value<number>("limit") ?? 20);
  if (args.has("json")) printJson(terminal, runs);
  else if (runs.length === 0) terminal.err("there are no such runs\n");
  else {
    terminal.out(printable(columns(runs.map((run) => [
      run.run_id,
      run.status,
      run.pipeline,
      countOf(run.total_rows, "row"),
      formatDuration(run.duration_ms),
      run.code ?? "",
    ]))));
  }
  return Promise.resolve(0);
};
