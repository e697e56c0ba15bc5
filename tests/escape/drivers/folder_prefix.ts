// Reads a folder whose name begins as that of one it was granted.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ folder }) =>
  Deno.readTextFile(`${folder}-beside/secret.json`)
);
