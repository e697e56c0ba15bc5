// Connects to loopback by its IPv6-mapped address.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ port }) =>
  Deno.connect({ hostname: "::ffff:127.0.0.1", port }).then(() => "connected")
);
