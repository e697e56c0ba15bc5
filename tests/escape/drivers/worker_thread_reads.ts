// Reads a file in a thread of node:worker_threads.
import { Worker } from "node:worker_threads";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  new Promise((got, failed) => {
    const code =
      `require("worker_threads").parentPort.postMessage(require("fs").readFileSync(${
        JSON.stringify(secret)
      }, "utf8"))`;
    const worker = new Worker(code, { eval: true });
    worker.on("message", got);
    worker.on("error", failed);
  })
);
