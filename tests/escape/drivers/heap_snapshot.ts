// Writes its heap to a file.
import { writeHeapSnapshot } from "node:v8";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ proof }) => writeHeapSnapshot(proof));
