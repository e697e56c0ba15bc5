// Opens a port by node:net.
import { createServer } from "node:net";
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  new Promise((got, failed) => {
    createServer().on("error", failed).listen(0, "127.0.0.1", () =>
      got("listening"));
  })
);
