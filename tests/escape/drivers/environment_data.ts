// Talks to other threads by data of node:worker_threads.
import { setEnvironmentData } from "node:worker_threads";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  setEnvironmentData("escape", "was here");
  return NOTHING; // its own thread is all that sees it
});
