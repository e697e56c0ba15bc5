// Takes the internals of node:process.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => Object.keys(hidden.process.binding("fs")));
