// Imports code whose static imports name a file.
import { attempt } from "./kit/attempt.ts";

export default attempt(async ({ secret }) => {
  const code =
    `import text from "file://${secret}" with { type: "text" }; export default text`;
  return (await import(`data:text/javascript,${encodeURIComponent(code)}`))
    .default;
});
