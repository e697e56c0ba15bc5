// Loads a library of machine code.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(() => hidden.Deno.dlopen("libc.so.6", {}) && "loaded");
