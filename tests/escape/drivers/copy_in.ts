// Copies a file into a folder it was granted.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret, folder }) => {
  Deno.copyFileSync(secret, `${folder}/copy`);
  return Deno.readTextFile(`${folder}/copy`);
});
