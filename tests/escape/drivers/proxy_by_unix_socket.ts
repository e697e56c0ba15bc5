// Fetches by way of a unix socket.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  fetch("http://granted.invalid/", {
    client: hidden.Deno.createHttpClient({
      proxy: { transport: "unix", path: secret },
    }),
  } as RequestInit)
);
