// Forks its process by node:cluster.
import cluster from "node:cluster";
import { attempt } from "./kit/attempt.ts";

export default attempt(() => cluster.fork());
