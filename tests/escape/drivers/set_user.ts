// Becomes another user.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.process.setuid(0));
