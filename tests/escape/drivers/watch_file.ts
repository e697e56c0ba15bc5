// Watches a file by node:fs.
import { watch } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  new Promise((got, failed) => {
    const watcher = watch(secret, () => got("heard"));
    watcher.on("error", failed);
    setTimeout(() => {
      watcher.close();
      got("watching");
    }, 100);
  })
);
