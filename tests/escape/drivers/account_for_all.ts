// Accounts for rows that never were.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.account("filtered", -5);
  return NOTHING;
});
