// Loads an add-on of machine code by node:process.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ folder }) =>
  hidden.process.dlopen({ exports: {} }, `${folder}/addon.node`)
);
