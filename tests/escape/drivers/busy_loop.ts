// Loops for ever.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  for (;;);
});
