// Fails with a text that clears the terminal.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  throw new Error("\u001b[2J\u001b]0;was here\u0007\nrun: success");
});
