// Makes a string that is too long.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => "x".repeat(2 ** 30).length);
