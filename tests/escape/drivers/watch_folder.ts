// Watches a folder.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ folder }) =>
  hidden.Deno.watchFs(folder) && "watching"
);
