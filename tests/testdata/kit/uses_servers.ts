// A test file for the harness to run: both shared servers answer.

import assert from "node:assert/strict";
import { sharedMariadb, sharedPostgres } from "../../kit/servers.ts";

Deno.test("answers", async () => {
  const servers = await Promise.all([sharedMariadb(), sharedPostgres()]);
  for (const server of servers) {
    assert.deepEqual(await server.sql("SELECT 1 AS a"), [{ a: "1" }]);
  }
});
