// Reads the arguments of the command line.
import process from "node:process";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  const args = [...Deno.args, ...process.argv.slice(2), ...process.execArgv];
  return args.length > 0 ? args.join(" ") : NOTHING;
});
