// Imports a package from JSR whose name is the message.
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  import(`jsr:@was-here/x${Date.now()}`).then(() => "loaded")
);
