// Makes code of text.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  new Function("path", "return Deno.readTextFileSync(path)")(secret)
);
