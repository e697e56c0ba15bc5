// Talks to other threads by a channel of node:worker_threads.
import { BroadcastChannel } from "node:worker_threads";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  new BroadcastChannel("escape").postMessage("was here");
  return "sent";
});
