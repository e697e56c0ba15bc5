// Asks node:os about machine and user.
import { hostname, networkInterfaces, userInfo } from "node:os";
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  JSON.stringify([hostname(), userInfo(), networkInterfaces()])
);
