// Has the host send requests without end.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ host, port }, context) => {
  const all = [];
  for (let n = 0; n < 1000; n++) {
    all.push(context.fetch(`http://${host}:${port}/`));
  }
  await Promise.all(all);
  return "sent";
});
