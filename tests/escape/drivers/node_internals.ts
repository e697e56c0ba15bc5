// Requires internal modules of Node.
import { createRequire } from "node:module";
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  Object.keys(createRequire(import.meta.url)("internal/bootstrap/loaders"))
);
