// Reads a file as a blob.
import { openAsBlob } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => (await openAsBlob(secret)).text());
