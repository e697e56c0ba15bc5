// Matches a pattern that takes for ever.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => /^(a+)+$/.test("a".repeat(40) + "b"));
