// Reads the connections file of the run.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => Deno.readTextFile("osiris_connections.yaml"));
