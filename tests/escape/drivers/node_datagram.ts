// Sends a datagram by node:dgram.
import { createSocket } from "node:dgram";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  new Promise((got, failed) => {
    const socket = createSocket("udp4");
    socket.on("error", failed);
    socket.send(
      "was here",
      port,
      host,
      (error) => error ? failed(error) : got("sent"),
    );
  })
);
