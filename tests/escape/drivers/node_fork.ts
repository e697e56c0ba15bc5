// Forks by node:child_process.
import { fork } from "node:child_process";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => fork(secret).pid);
