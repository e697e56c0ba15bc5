// Takes over a socket that another thread has open.
import { Socket } from "node:net";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  let taken = 0;
  for (let fd = 3; fd < 64; fd++) {
    try {
      const socket = new Socket({ fd, readable: true, writable: true });
      socket.on("error", () => {});
      socket.write("was here");
      taken++;
    } catch {
      // no socket, or not to be had
    }
  }
  return taken > 0 ? `${taken} sockets` : NOTHING;
});
