// Asks a name server of its own choice.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ port, host }) =>
  Deno.resolveDns("leak.example", "A", { nameServer: { ipAddr: host, port } })
);
