// Makes a hard link in a folder it was granted.
import { linkSync } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret, folder }) => {
  linkSync(secret, `${folder}/hard`);
  return Deno.readTextFile(`${folder}/hard`);
});
