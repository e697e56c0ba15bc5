// Sends a request by a proxy.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ host, port }) => {
  const client = Deno.createHttpClient({
    proxy: { url: `http://${host}:${port}` },
  });
  return fetch("http://example.com/", { client }).then((answer) =>
    answer.text()
  );
});
