/**
 * `osiris plan`.
 *
 * @module
 */
import {
  denoCommand,
  type Drift,
  driftOf,
  formatDrift,
  formatPlan,
  lockOf,
  lockPlace,
  type Plan,
  plan,
  planReport,
  readLock,
  shellQuote,
} from "../../mod.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { manifestArguments, runOptions } from "./run_options.ts";
import { printable } from "./terminal.ts";

/** Shows a plan and the command under which it runs. */
export const action: CommandAction = async ({ args, terminal, name }) => {
  const planned = await plan(args.positionals[0], runOptions(args, name));
  const command = denoCommand(planned, {
    args: ["run", ...manifestArguments(args)],
  });
  const diff = args.has("diff") ? lockDiff(planned) : null;
  if (args.has("json")) {
    const report = planReport(planned, command);
    printJson(
      terminal,
      diff === null ? report : { ...report, drift: diff.drift },
    );
    return 0;
  }
  terminal.out(
    `${formatPlan(planned)}\n\nThis suffices, in ${planned.cwd}:\n${
      shellQuote(command)
    }\n${diff === null ? "" : `\n${diff.text}`}`,
  );
  return 0;
};

/** How a plan differs from its lock. */
function lockDiff(planned: Plan): { drift: readonly Drift[]; text: string } {
  const place = lockPlace(planned.manifest, planned.cwd);
  const drift = driftOf(readLock(place), lockOf(planned));
  const text = drift.length === 0
    ? `It is as ${place.path} has it.\n`
    : `It differs from ${place.path}:\n${formatDrift(drift)}`;
  return { drift, text: printable(text) };
}
