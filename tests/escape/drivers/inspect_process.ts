// Opens the inspector.
import { open, url } from "node:inspector";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  open(0, "127.0.0.1");
  return url() ?? NOTHING;
});
