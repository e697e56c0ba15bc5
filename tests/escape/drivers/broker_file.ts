// Has the host fetch a file.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }, context) =>
  context.fetch(`file://${secret}`).then((answer) => answer.text())
);
