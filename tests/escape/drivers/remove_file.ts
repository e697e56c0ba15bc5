// Removes a file.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  Deno.remove(secret).then(() => "removed")
);
