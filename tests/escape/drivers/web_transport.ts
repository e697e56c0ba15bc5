// Calls a host by WebTransport.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ port, host }) =>
  new hidden.WebTransport(`https://${host}:${port}`).ready
);
