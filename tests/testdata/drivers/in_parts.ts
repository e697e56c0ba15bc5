// A driver in two files.
import { defineDriver } from "../../../driver.ts";
import { spec } from "./parts/spec.ts";

export default defineDriver({
  spec,
  // deno-lint-ignore require-yield -- it is never run
  async *run() {
    await Promise.reject(new Error("not for running"));
  },
});
