// Opens an event source.
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(({ host, port }) =>
  new Promise((got) => {
    const source = new EventSource(`http://${host}:${port}`);
    source.onopen = () => got("open");
    source.onerror = () => got(NOTHING);
    setTimeout(() => got(NOTHING), 500);
  })
);
