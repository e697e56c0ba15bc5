// Says an event of the runtime's.
import { attempt } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.emit("run_end", { status: "success" });
  return "said";
});
