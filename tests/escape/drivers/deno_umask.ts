// Changes the mode of files to come.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.Deno.umask(0));
