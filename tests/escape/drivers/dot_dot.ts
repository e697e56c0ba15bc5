// Climbs out of a folder it was granted by `..`.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ folder }) =>
  Deno.readTextFile(`${folder}/../secret.json`)
);
