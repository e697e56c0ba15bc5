/**
 * `osiris state show`.
 *
 * @module
 */
import { listStates } from "../../mod.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { stateJson } from "./state_json.ts";
import { columns, printable } from "./terminal.ts";

/** Shows what incremental steps have kept. */
export const action: CommandAction = ({ args, terminal }) => {
  const [pipeline, step] = args.positionals;
  const stateFolder = args.text("state");
  const states = listStates({
    ...(pipeline !== undefined && { pipeline }),
    ...(step !== undefined && { step }),
    ...(stateFolder !== undefined && { stateFolder }),
  });
  if (args.has("json")) printJson(terminal, states.map(stateJson));
  else if (states.length === 0) terminal.err("nothing is kept\n");
  else {
    terminal.out(printable(columns(states.map((one) => [
      one.pipeline,
      one.step,
      one.ts ?? "",
      one.state === null ? "can't be read" : JSON.stringify(one.state),
    ]))));
  }
  return Promise.resolve(0);
};
