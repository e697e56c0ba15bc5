// Starts workers without end.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  for (;;) new Worker("data:text/javascript,", { type: "module" });
});
