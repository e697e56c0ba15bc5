// Asks how full a disk is.
import { statfsSync } from "node:fs";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) => statfsSync(secret).bfree);
