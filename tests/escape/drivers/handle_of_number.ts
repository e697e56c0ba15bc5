// Opens the handle of a socket below node:net.
import { attempt, hidden, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  const { TCP } = hidden.process.binding("tcp_wrap");
  return new TCP(0).open(3) === 0 ? "open" : NOTHING;
});
