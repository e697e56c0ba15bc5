// Imports a package whose name is the message.
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  import(`npm:@escape/was-here-${crypto.randomUUID()}`).then(() => "loaded")
);
