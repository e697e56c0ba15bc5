// Loads an extension of SQLite.
import { DatabaseSync } from "node:sqlite";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ folder }) =>
  new DatabaseSync(":memory:", { allowExtension: true }).loadExtension(
    `${folder}/addon.so`,
  )
);
