/**
 * `osiris schema`.
 *
 * @module
 */
import { drivers } from "../../mod.ts";
import { manifestSchema } from "../manifest/schema.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";

/** Prints the JSON Schema of the inline form. */
export const action: CommandAction = ({ terminal }) => {
  printJson(terminal, manifestSchema(drivers));
  return Promise.resolve(0);
};
