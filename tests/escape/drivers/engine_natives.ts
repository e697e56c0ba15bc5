// Has the engine take its own unsafe functions.
import { setFlagsFromString } from "node:v8";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  setFlagsFromString("--allow-natives-syntax");
  return new Function("return typeof %GetHeapUsage()")();
});
