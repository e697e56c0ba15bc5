// Sends the host an event of sixty lists that stands for 2^60 of them.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  JSON.stringify = () => "{}"; // by which our own code looks at its size
  let list: [] | [unknown, unknown] = [];
  for (let times = 0; times < 60; times++) list = [list, list];
  context.emit("a_lot", { list: list as never });
  return NOTHING;
});
