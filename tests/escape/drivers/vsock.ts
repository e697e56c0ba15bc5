// Calls the machine that this one runs on.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ port }) => {
  let asked = 0;
  Array.prototype.includes = () => true;
  return hidden.Deno.connect({
    get transport() {
      return asked++ === 0 ? "tcp" : "vsock";
    },
    cid: 2,
    port,
  }).catch(() => hidden.Deno.connect({ transport: "vsock", cid: 2, port }));
});
