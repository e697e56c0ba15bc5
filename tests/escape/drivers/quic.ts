// Calls a host by QUIC.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ port, host }) =>
  hidden.Deno.connectQuic({ hostname: host, port, alpnProtocols: ["h3"] })
);
