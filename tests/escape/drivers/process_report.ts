// Writes a report on its process.
import { attempt, hidden, NOTHING } from "./kit/attempt.ts";

export default attempt(({ proof }) => {
  hidden.process.report.writeReport(proof);
  return NOTHING;
});
