// Resolves a path.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => Deno.realPathSync(secret));
