// Makes a folder.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ proof }) => Deno.mkdir(proof));
