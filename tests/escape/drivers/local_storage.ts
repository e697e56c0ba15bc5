// Keeps data for later runs in the local storage.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => {
  hidden.localStorage.setItem("escape", "was here");
  return "kept";
});
