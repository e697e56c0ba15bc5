// Fails with a code that is the host's to give.
import { OsirisError } from "../../../driver.ts";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  throw new OsirisError("run/interrupted", "Cannot go on: interrupted");
});
