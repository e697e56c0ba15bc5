// Makes a link in a folder it was granted.
import { symlinkSync } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret, folder }) => {
  symlinkSync(secret, `${folder}/made`);
  return Deno.readTextFile(`${folder}/made`);
});
