// Sends a datagram by Deno.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  hidden.Deno.listenDatagram({ transport: "udp", hostname: host, port: 0 })
    .send(new Uint8Array(8), { transport: "udp", hostname: host, port })
);
