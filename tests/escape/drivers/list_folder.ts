// Lists a folder.
import { dirname } from "node:path";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => {
  const folder = dirname(secret);
  return [...Deno.readDirSync(folder)].map(({ name }) => name);
});
