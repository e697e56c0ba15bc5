// Connects to a socket in the file system.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ folder }) =>
  hidden.Deno.connect({ transport: "unix", path: `${folder}/socket` }).then(
    () => "connected",
  )
);
