// Says that an event is another step's.
import { attempt } from "./kit/attempt.ts";

export default attempt((_, context) => {
  context.emit("told", { step_id: "save", event: "step_complete" });
  return "said";
});
