// Asks require whether a file is there.
import { createRequire } from "node:module";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  createRequire(secret).resolve("./secret.json")
);
