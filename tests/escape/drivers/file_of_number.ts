// Writes to files that another thread has open, by number.
import { writeSync } from "node:fs";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  let written = 0;
  for (let fd = 3; fd < 64; fd++) {
    try {
      written += writeSync(fd, "was here\n");
    } catch {
      // not open
    }
  }
  return written > 0 ? `${written} bytes` : NOTHING;
});
