// Loads other code in place of what others import.
import * as module from "node:module";
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => {
  // deno-lint-ignore no-explicit-any
  const { register, registerHooks } = module as any;
  registerHooks?.({
    // deno-lint-ignore no-explicit-any
    resolve: (name: string, context: unknown, next: any) =>
      name === "hooked"
        ? { url: `file://${secret}`, shortCircuit: true }
        : next(name, context),
  });
  register?.("data:text/javascript,");
  const name = "hooked";
  const { default: found } = await import(name, { with: { type: "json" } });
  return JSON.stringify(found);
});
