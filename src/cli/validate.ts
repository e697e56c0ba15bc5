/**
 * `osiris validate`.
 *
 * @module
 */
import { validate } from "../../mod.ts";
import { countOf } from "../units.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { readParams } from "./run_options.ts";

/** Checks a manifest; its faults are thrown, all at once. */
export const action: CommandAction = async ({ args, terminal, name }) => {
  const parallel = args.value<number>("parallel");
  const manifest = await validate(args.positionals[0], {
    allowUnpinned: args.has("allow-unpinned"),
    params: readParams(args.list("param"), name),
    ...(parallel !== undefined && { parallel }),
  });
  const { form, steps, hash } = manifest;
  if (args.has("json")) {
    printJson(terminal, {
      status: "valid",
      name: manifest.name,
      form,
      steps: steps.map(({ id }) => id),
      hash,
    });
  } else {
    terminal.out(
      `valid: ${manifest.name}, ${form} form, ${
        countOf(steps.length, "step")
      }\n`,
    );
  }
  return 0;
};
