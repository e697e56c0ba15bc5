// Pollutes the host's prototypes by facts of an event.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  const facts = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
  );
  context.emit("told", facts);
  return NOTHING;
});
