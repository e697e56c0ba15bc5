// Moves a file into a folder it was granted.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret, folder }) => {
  Deno.renameSync(secret, `${folder}/moved`);
  return Deno.readTextFile(`${folder}/moved`);
});
