// Reads all variables.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => JSON.stringify(Deno.env.toObject()));
