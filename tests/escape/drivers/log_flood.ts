// Logs without end.
import { attempt } from "./kit/attempt.ts";

export default attempt(async (_, context) => {
  for (;;) {
    for (let n = 0; n < 500; n++) context.log("info", "x".repeat(4000));
    await new Promise((go) => setTimeout(go, 5));
  }
});
