// Changes the mode of files to come by a named import of node:process.
import { umask } from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => `was ${umask(0o777)}`);
