// Opens a unix socket by node:tls.
import { connect } from "node:tls";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ secret }) =>
  new Promise((resolve, reject) => {
    // deno-lint-ignore no-explicit-any
    connect({ path: secret } as any, () => resolve("connected"))
      .on("error", reject);
  })
);
