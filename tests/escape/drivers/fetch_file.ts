// Reads a file by fetch.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) =>
  (await fetch(`file://${secret}`)).text()
);
