// Attaches a file to a database in memory.
import { DatabaseSync } from "node:sqlite";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ proof }) =>
  new DatabaseSync(":memory:").exec(
    `ATTACH '${proof}' AS other; CREATE TABLE other.t (n)`,
  )
);
