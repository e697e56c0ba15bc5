// Writes code into a folder it was granted and imports it.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret, folder }) => {
  const path = `${folder}/made.js`;
  Deno.writeTextFileSync(
    path,
    `export default Deno.readTextFileSync(${JSON.stringify(secret)})`,
  );
  return (await import(`file://${path}`)).default;
});
