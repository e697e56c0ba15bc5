// A test file for the harness to run: starts servers and a file system, says where they are, and never ends.

import { sharedMariadb, sharedPostgres } from "../../kit/servers.ts";
import { startMariadb } from "../../kit/mariadb.ts";

Deno.test("hangs", async () => {
  const servers = await Promise.all([
    sharedMariadb(),
    sharedPostgres(),
    startMariadb(),
  ]);
  const places = servers.map(({ folder, pid }) => ({ folder, pid }));
  await Deno.stdout.write(
    new TextEncoder().encode(`started ${JSON.stringify(places)}\n`),
  );
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});
