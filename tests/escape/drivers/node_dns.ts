// Looks a name up by node:dns.
import { lookup } from "node:dns/promises";
import { attempt } from "./kit/attempt.ts";

export default attempt(() =>
  lookup("was-here.example.com").then(({ address }) => address)
);
