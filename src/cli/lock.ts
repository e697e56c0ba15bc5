/**
 * `osiris lock`.
 *
 * @module
 */
import { lockOf, lockPlace, plan, writeLock } from "../../mod.ts";
import { countOf } from "../units.ts";
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
    const steps = countOf(planned.steps.length, "step");
    terminal.out(`locked: ${place.name}, ${steps}\n  ${place.path}\n`);
  }
  return 0;
};
