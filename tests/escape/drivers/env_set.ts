// Sets a variable.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => Deno.env.set("ESCAPE_SET", "was here"));
