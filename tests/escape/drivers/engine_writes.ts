// Has the engine write its traces to files.
import { setFlagsFromString } from "node:v8";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ proof }) => {
  setFlagsFromString(
    `--redirect-code-traces --redirect-code-traces-to=${proof}`,
  );
  return "set";
});
