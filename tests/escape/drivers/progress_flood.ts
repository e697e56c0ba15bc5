// Reports progress without end.
import { attempt } from "./kit/attempt.ts";

export default attempt(async (_, context) => {
  for (let rows = 0;; rows++) {
    context.progress(rows);
    if (rows % 1000 === 0) await new Promise((go) => setTimeout(go, 1));
  }
});
