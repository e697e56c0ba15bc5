// Fails with an error whose stack is made by its own code.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => {
  hidden.Error.prepareStackTrace = () => {
    throw new Error("trapped");
  };
  throw new Error("fails");
});
