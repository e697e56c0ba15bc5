// Reads the code of the runtime.
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  Deno.readTextFile(new URL("../../../mod.ts", import.meta.url))
);
