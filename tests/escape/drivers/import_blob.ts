// Imports code from a blob.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => {
  const code = `export default Deno.readTextFileSync(${
    JSON.stringify(secret)
  })`;
  const url = URL.createObjectURL(
    new Blob([code], { type: "text/javascript" }),
  );
  return (await import(url)).default;
});
