// Reads standard input by node:process.
import process from "node:process";
import { attempt, NOTHING } from "./kit/attempt.ts";

export default attempt(() =>
  new Promise((got) =>
    process.stdin.once("data", got).once("end", () => got(NOTHING))
  )
);
