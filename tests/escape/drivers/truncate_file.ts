// Empties a file.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  Deno.truncate(secret).then(() => "emptied")
);
