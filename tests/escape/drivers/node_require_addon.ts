// Loads an add-on of machine code by require.
import { createRequire } from "node:module";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ folder }) =>
  createRequire(import.meta.url)(`${folder}/addon.node`)
);
