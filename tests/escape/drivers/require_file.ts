// Reads a file by require.
import { createRequire } from "node:module";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  JSON.stringify(createRequire(import.meta.url)(secret))
);
