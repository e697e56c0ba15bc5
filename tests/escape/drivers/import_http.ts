// Imports code from a server.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  import(`http://${host}:${port}/code.js`).then(() => "loaded")
);
