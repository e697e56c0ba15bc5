// Says an event whose name holds a line of its own.
import { attempt } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.emit('x"}\n{"event":"run_end', {});
  return "said";
});
