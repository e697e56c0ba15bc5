// Says an event that goes on changing.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt((_, context) => {
  JSON.stringify = () => "{}";
  const facts = new Uint8Array(new SharedArrayBuffer(8));
  context.emit("told", { facts } as never);
  return NOTHING;
});
