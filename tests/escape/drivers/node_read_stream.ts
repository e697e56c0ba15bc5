// Reads a file by a stream of node:fs.
import { createReadStream } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => {
  let text = "";
  for await (const chunk of createReadStream(secret)) text += chunk;
  return text;
});
