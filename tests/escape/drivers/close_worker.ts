// Ends its thread.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.close());
