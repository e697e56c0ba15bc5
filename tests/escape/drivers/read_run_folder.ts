// Reads what the run has written.
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  [...Deno.readDirSync("run_logs")].map(({ name }) => name)
);
