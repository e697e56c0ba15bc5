// Sends a request to a server on loopback.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  fetch(`http://${host}:${port}/`).then((answer) => answer.text())
);
