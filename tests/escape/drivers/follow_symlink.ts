// Follows a link that lies in a folder it was granted.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ folder }) => Deno.readTextFile(`${folder}/link`));
