// Reads a terminal by its number.
import { ReadStream } from "node:tty";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() =>
  new Promise((got, failed) => {
    const stream = new ReadStream(0);
    stream.on("error", failed).on("data", got);
    setTimeout(() => got(NOTHING), 200);
  })
);
