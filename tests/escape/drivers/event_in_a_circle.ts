// Says an event whose facts lead back to themselves.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  JSON.stringify = () => "{}";
  const facts: Record<string, unknown> = {};
  facts.self = facts;
  context.emit("told", facts as never);
  return NOTHING;
});
