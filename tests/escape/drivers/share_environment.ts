// Reads the variables in a thread that shares them.
import { SHARE_ENV, Worker } from "node:worker_threads";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ variable }) =>
  new Promise((resolve, reject) => {
    const code = `require("worker_threads").parentPort.postMessage(
      process.env[${JSON.stringify(variable)}])`;
    const thread = new Worker(code, { eval: true, env: SHARE_ENV });
    thread.on("message", resolve).on("error", reject);
  })
);
