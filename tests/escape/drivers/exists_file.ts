// Asks node:fs whether a file is there.
import { existsSync } from "node:fs";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  existsSync(secret) ? "it is there" : NOTHING
);
