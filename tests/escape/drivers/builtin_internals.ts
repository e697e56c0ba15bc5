// Takes internals by getBuiltinModule.
import { attempt, hidden, NOTHING } from "./kit/attempt.ts";

export default attempt(() =>
  hidden.process.getBuiltinModule("internal/process") ?? NOTHING
);
