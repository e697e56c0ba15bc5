// Reads a file by Deno.open.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => {
  using file = await Deno.open(secret);
  return await new Response(file.readable).text();
});
