// Writes a database in memory to a file by VACUUM INTO.
import { DatabaseSync } from "node:sqlite";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(({ proof }) => {
  new DatabaseSync(":memory:").exec(`VACUUM INTO '${proof}'`);
  return NOTHING;
});
