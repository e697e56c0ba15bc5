/**
 * `osiris state reset`.
 *
 * @module
 */
import { resetStates } from "../../mod.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { stateJson } from "./state_json.ts";
import { printable } from "./terminal.ts";

/** Forgets what incremental steps have kept. */
export const action: CommandAction = ({ args, terminal }) => {
  const [pipeline, step] = args.positionals;
  const stateFolder = args.text("state");
  const states = resetStates({
    pipeline,
    ...(step !== undefined && { step }),
    ...(stateFolder !== undefined && { stateFolder }),
  });
  if (args.has("json")) printJson(terminal, states.map(stateJson));
  else {
    terminal.out(printable(
      states.map((one) => `forgotten: ${one.pipeline} ${one.step}\n`).join(""),
    ));
  }
  return Promise.resolve(0);
};
