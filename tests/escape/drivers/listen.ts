// Opens a port.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.Deno.listen({ port: 0 }) && "listening");
