// Changes the mode of files to come by node:process.
import process from "node:process";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => `was ${process.umask(0o777)}`);
