// Sets flags of the engine.
import { setFlagsFromString } from "node:v8";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  setFlagsFromString("--stack-size=900");
  return "set";
});
