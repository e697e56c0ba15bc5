// Makes a temporary file.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => Deno.makeTempFile());
