// Connects to a server by TLS.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  Deno.connectTls({ hostname: host, port }).then(() => "connected")
);
