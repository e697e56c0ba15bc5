// Reads files that the process has open, by number.
import { readSync } from "node:fs";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() => {
  for (let fd = 0; fd < 64; fd++) {
    try {
      const buffer = new Uint8Array(64);
      if (readSync(fd, buffer) > 0) return new TextDecoder().decode(buffer);
    } catch (error) {
      if (!/EBADF|Bad/.test(String(error))) throw error;
    }
  }
  return NOTHING;
});
