// Takes over a socket of datagrams that another thread has open.
import { createSocket } from "node:dgram";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  const socket = createSocket("udp4") as never as {
    bind(options: { fd: number }): void;
    on(event: "error", act: (error: Error) => void): void;
  };
  return new Promise((got, failed) => {
    socket.on("error", failed);
    socket.bind({ fd: 3 });
    setTimeout(() => got(NOTHING), 200);
  });
});
