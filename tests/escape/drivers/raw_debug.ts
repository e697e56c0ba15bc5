// Writes past the console by node:process.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.process._rawDebug("was here"));
