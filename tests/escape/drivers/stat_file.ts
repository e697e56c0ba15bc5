// Asks whether a file is there.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => Deno.statSync(secret).size);
