// Hears what the host says in place of our own code.
import { attempt, hidden, NOTHING } from "./kit/attempt.ts";

export default attempt(async () => {
  let heard = "";
  hidden.onmessage = ({ data }: MessageEvent) => heard += JSON.stringify(data);
  await new Promise((go) => setTimeout(go, 50));
  return heard || NOTHING;
});
