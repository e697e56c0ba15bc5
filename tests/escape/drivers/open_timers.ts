// Never ends, though nothing moves.
import { attempt } from "./kit/attempt.ts";

export default attempt(() => new Promise(() => setInterval(() => {}, 1000)));
