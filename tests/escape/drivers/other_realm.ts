// Takes a fresh realm by node:vm.
import { runInNewContext } from "node:vm";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  runInNewContext(
    `const outer = give.constructor("return globalThis")();
     outer.Deno.readTextFileSync(${JSON.stringify(secret)})`,
    { give: () => 1 },
  )
);
