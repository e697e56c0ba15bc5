// Leaves a blob for other threads.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  URL.createObjectURL(new Blob(["was here"]));
  return NOTHING; // its name can't be guessed
});
