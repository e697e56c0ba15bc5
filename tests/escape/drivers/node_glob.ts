// Lists files by a pattern.
import { globSync } from "node:fs";
import { dirname } from "node:path";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  globSync("*", { cwd: dirname(secret) }).join() || NOTHING
);
