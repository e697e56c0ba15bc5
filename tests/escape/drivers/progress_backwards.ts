// Reports progress that is no count.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.progress(-1);
  context.progress(NaN);
  return NOTHING;
});
