// Asks the user for a password.
import { attempt, hidden, NOTHING } from "./kit/attempt.ts";

export default attempt(() => hidden.prompt("Password:") ?? NOTHING);
