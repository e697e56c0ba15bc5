// Calls a host by a WebSocketStream.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ port, host }) =>
  new hidden.WebSocketStream(`ws://${host}:${port}`).opened
);
