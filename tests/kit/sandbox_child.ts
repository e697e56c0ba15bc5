/**
 * A process of its own for {@linkcode runModules}, for steps that take their
 * process along: prints the result as JSON and ends as the command line does.
 *
 * @module
 */
import { runModules } from "./sandbox.ts";

const [cwd, steps, options] = Deno.args;
const result = await runModules(JSON.parse(steps), cwd, JSON.parse(options));
const { error, ...rest } = result;
const report = {
  ...rest,
  ...(error && { error: { code: error.code, step: error.step ?? null } }),
};
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(report)));
const isDenied = error?.code === "driver/permission" ||
  error?.code === "permission/missing";
Deno.exit(error ? (isDenied ? 3 : 1) : 0);
