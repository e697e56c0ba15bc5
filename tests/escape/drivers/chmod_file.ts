// Opens a file to everybody.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  Deno.chmod(secret, 0o777).then(() => "changed")
);
