// Says an event whose facts are 20,000 deep.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  JSON.stringify = () => "{}";
  let facts: unknown = {};
  for (let n = 0; n < 20_000; n++) facts = { deeper: facts };
  context.emit("told", facts as never);
  return NOTHING;
});
