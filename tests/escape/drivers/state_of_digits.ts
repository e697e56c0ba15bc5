// Has the host write out a number of millions of digits.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  JSON.stringify = () => "{}"; // by which our own code looks at its size
  context.saveState({ n: 1n << 30_000_000n } as never);
  return NOTHING;
});
