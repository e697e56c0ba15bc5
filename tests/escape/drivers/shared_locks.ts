// Talks to other threads by their locks.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() =>
  hidden.navigator.locks.query().then(() => "asked")
);
