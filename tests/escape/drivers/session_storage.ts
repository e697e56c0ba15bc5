// Leaves data to other steps in the session storage.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => {
  hidden.sessionStorage.setItem("left", "behind");
  return "left behind";
});
