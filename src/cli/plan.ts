/**
 * `osiris plan`.
 *
 * @module
 */
import {
  denoCommand,
  formatPlan,
  plan,
  planReport,
  shellQuote,
} from "../../mod.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { manifestArguments, runOptions } from "./run_options.ts";

/** Shows a plan and the command under which it runs. */
export const action: CommandAction = async ({ args, terminal, name }) => {
  const planned = await plan(args.positionals[0], runOptions(args, name));
  const command = denoCommand(planned, {
    args: ["run", ...manifestArguments(args)],
  });
  if (args.has("json")) printJson(terminal, planReport(planned, command));
  else {terminal.out(
      `${formatPlan(planned)}\n\nThis suffices, in ${planned.cwd}:\n${
        shellQuote(command)
      }\n`,
    );}
  return 0;
};
