/**
 * `osiris drivers list`.
 *
 * @module
 */
import { drivers } from "../../mod.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { columns } from "./terminal.ts";

/** Lists the drivers that every manifest may name. */
export const action: CommandAction = ({ args, terminal }) => {
  const specs = [...drivers.values()].map(({ spec }) => spec);
  if (args.has("json")) {
    printJson(
      terminal,
      specs.map(({ name, version, mode, summary }) => ({
        name,
        version,
        mode,
        summary,
      })),
    );
  } else {
    terminal.out(
      columns(
        specs.map((
          { name, version, mode, summary },
        ) => [name, version, mode, summary]),
      ),
    );
  }
  return Promise.resolve(0);
};
