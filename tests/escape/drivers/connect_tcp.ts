// Connects to a server on loopback.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  Deno.connect({ hostname: host, port }).then(() => "connected")
);
