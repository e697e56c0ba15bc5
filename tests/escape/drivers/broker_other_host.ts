// Has the host send a request where it was not granted one.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }, context) =>
  context.fetch(`http://${host}:${port}/`).then((answer) => answer.text())
);
