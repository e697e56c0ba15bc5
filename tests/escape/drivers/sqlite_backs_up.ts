// Backs a database in memory up to a file.
import { backup, DatabaseSync } from "node:sqlite";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ proof }) =>
  backup(new DatabaseSync(":memory:"), proof)
);
