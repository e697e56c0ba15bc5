// Reads a variable.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ variable }) => Deno.env.get(variable));
