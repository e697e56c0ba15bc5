// Sends a request by node:http2.
import { connect } from "node:http2";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  new Promise((got, failed) => {
    connect(`http://${host}:${port}`, () => got("connected")).on(
      "error",
      failed,
    );
  })
);
