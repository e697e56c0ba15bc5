/**
 * `osiris lock`.
 *
 * @module
 */
import { lockOf, lockPlace, plan, writeLock } from "../../mod.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { runOptions } from "./run_options.ts";

/** Locks a manifest: each step's driver, version or hash, and permissions. */
export const action: CommandAction = async ({ args, terminal, name }) => {
  const planned = await plan(args.positionals[0], runOptions(args, name));
  const place = lockPlace(planned.manifest, planned.cwd);
  const lock = lockOf(planned);
  writeLock(place, lock);
  if (args.has("json")) printJson(terminal, { path: place.path, ...lock });
  else {
    const count = planned.steps.length;
    terminal.out(
      `locked: ${place.name}, ${count} ${
        count === 1 ? "step" : "steps"
      }\n  ${place.path}\n`,
    );
  }
  return 0;
};
