// Opens the root of all files for WebAssembly.
import { WASI } from "node:wasi";
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  new WASI({ version: "preview1", preopens: { "/": "/" } }) && "open"
);
