// Opens a file as a database.
import { DatabaseSync } from "node:sqlite";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  new DatabaseSync(secret, { readOnly: true }).prepare("SELECT 1").get()
);
