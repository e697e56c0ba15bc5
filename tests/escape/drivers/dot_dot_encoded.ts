// Climbs out of a folder it was granted by `%2e%2e`.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ folder }) =>
  Deno.readTextFile(new URL(`file://${folder}/%2e%2e/secret.json`))
);
