// Writes to standard output by a stream of node:fs.
import { createWriteStream } from "node:fs";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() =>
  new Promise((got) => {
    const stream = createWriteStream("", { fd: 1 });
    stream.on("error", () => got(NOTHING));
    stream.write("was here\n", (error) => got(error ? NOTHING : "written"));
  })
);
