// Asks a name server of its own choice by node:dns.
import { Resolver } from "node:dns/promises";
import { attempt } from "./kit/attempt.ts";

export default attempt(({ port, host }) => {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([`${host}:${port}`]);
  return resolver.resolve4("leak.example");
});
