// Says that it is done by the port of node:worker_threads.
import { parentPort } from "node:worker_threads";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  if (!parentPort) return NOTHING;
  parentPort.postMessage({ t: "done", result: null, counts: {} });
  return "said";
});
