// Searches its heap for secrets of other steps.
import { getHeapSnapshot } from "node:v8";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(async ({ mark }) => {
  // A pattern that is not itself what it looks for.
  const wanted = new RegExp([...mark].reverse().map((c) => `[${c}]`).join(""));
  let text = "";
  for await (const chunk of getHeapSnapshot()) {
    text = text.slice(-100) + chunk;
    const found = text.match(wanted);
    if (found) return found[0];
  }
  return NOTHING;
});
