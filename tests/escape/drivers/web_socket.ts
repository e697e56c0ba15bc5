// Opens a WebSocket.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  new Promise((got, failed) => {
    const socket = new WebSocket(`ws://${host}:${port}`);
    socket.onopen = () => got("open");
    socket.onerror = (event) =>
      failed(new Error((event as ErrorEvent).message));
  })
);
