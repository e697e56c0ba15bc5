// Runs a command.
import { attempt, hidden } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  new hidden.Deno.Command("cat", { args: [secret] }).output().then(
    ({ stdout }: { stdout: Uint8Array }) => new TextDecoder().decode(stdout),
  )
);
