// Connects by node:net.
import { connect } from "node:net";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  new Promise((got, failed) => {
    connect(port, host, () => got("connected")).on("error", failed);
  })
);
