// Imports code from a data: URL.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => {
  const code = `export default Deno.readTextFileSync(${
    JSON.stringify(secret)
  })`;
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`))
    .default;
});
