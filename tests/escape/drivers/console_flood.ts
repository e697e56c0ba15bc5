// Writes to the console without end.
// deno-lint-ignore-file no-console
import { attempt } from "./kit/attempt.ts";

export default attempt(async () => {
  for (;;) {
    for (let n = 0; n < 500; n++) console.log("x".repeat(4000));
    await new Promise((go) => setTimeout(go, 5));
  }
});
