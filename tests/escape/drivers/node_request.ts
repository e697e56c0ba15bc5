// Sends a request by node:http.
import { get } from "node:http";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  new Promise((got, failed) => {
    get({ host, port }, ({ statusCode }) => got(statusCode)).on(
      "error",
      failed,
    );
  })
);
