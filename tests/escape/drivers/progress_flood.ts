// Reports progress without end, by a clock that says that much time has passed.
import { attempt } from "./kit/attempt.ts";

export default attempt(async (_, context) => {
  let now = 0;
  performance.now = () => now += 1000;
  for (let rows = 0;; rows++) {
    context.progress(rows);
    if (rows % 1000 === 0) await new Promise((go) => setTimeout(go, 1));
  }
});
