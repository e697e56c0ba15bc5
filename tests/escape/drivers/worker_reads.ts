// Reads a file in a worker of its own.
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  new Promise((got, failed) => {
    const code = `postMessage(Deno.readTextFileSync(${
      JSON.stringify(secret)
    }))`;
    const worker = new Worker(
      `data:text/javascript,${encodeURIComponent(code)}`,
      {
        type: "module",
      },
    );
    worker.onmessage = ({ data }) => got(data);
    worker.onerror = (event) => failed(event);
  })
);
