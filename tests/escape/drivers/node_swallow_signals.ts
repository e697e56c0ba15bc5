// Swallows Ctrl-C by node:process.
import process from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => {
  process.on("SIGINT", () => {});
  return "listening";
});
