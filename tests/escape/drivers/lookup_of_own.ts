// Has a name that it was granted mean another address.
import { connect } from "node:net";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ port, host }) =>
  new Promise((resolve, reject) => {
    connect({
      host: "granted.invalid",
      port,
      // deno-lint-ignore no-explicit-any
      lookup: (_name: string, options: any, done: any) =>
        options.all
          ? done(null, [{ address: host, family: 4 }])
          : done(null, host, 4),
    }, () => resolve("connected")).on("error", reject);
  })
);
