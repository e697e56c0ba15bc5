// Talks to other threads by a channel.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => {
  new hidden.BroadcastChannel("escape").postMessage("was here");
  return "sent";
});
