// Reaches for the graphics card.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.navigator.gpu.requestAdapter());
