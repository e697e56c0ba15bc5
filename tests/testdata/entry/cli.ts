/**
 * Prints settings given as YAML on the command line.
 *
 * @module
 */
import { parseArgs } from "jsr:@std/cli@^1/parse-args";
import { settings, settingsByWorker } from "./mod.ts";

if (import.meta.main) {
  const args = parseArgs(Deno.args, { string: ["yaml"], boolean: ["worker"] });
  const text = args.yaml ?? "";
  // deno-lint-ignore no-console
  console.log(
    args.worker ? await settingsByWorker(text) : JSON.stringify(settings(text)),
  );
}
