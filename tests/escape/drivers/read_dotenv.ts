// Reads the .env of the run.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => Deno.readTextFile(".env"));
