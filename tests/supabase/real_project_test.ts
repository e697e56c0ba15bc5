// The tests of these drivers run against a project that is there already, and leave it as it was.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { deno } from "../kit/command.ts";
import { needsFixture } from "../kit/postgrest/project.ts";
import { project } from "./kit.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

Deno.test(
  "a project named by variables takes the fixture's place, and keeps what is its own",
  needsFixture,
  async () => {
    await using at = await project(
      "CREATE TABLE mine (id int); INSERT INTO mine VALUES (1)",
    );
    const { user, password, host, port, database } = at.connection;
    const login = [user, password ?? ""].map(encodeURIComponent).join(":");
    const { code, stdout, stderr } = await deno([
      "test",
      "-A",
      "--no-check",
      "--unstable-worker-options",
      "--filter=/cap of 1000|upserts by key|pages by a key|filters as a map/",
      ...["extractor", "writer"].map((name) => `${HERE}${name}_test.ts`),
    ], {
      env: {
        OSIRIS_TEST_SUPABASE_URL: at.url,
        OSIRIS_TEST_SUPABASE_KEY: at.serviceKey,
        OSIRIS_TEST_SUPABASE_ANON_KEY: at.anonKey,
        OSIRIS_TEST_SUPABASE_DB:
          `postgres://${login}@${host}:${port}/${database}`,
        NO_COLOR: "1",
      },
      timeoutMs: 120_000,
    });
    assert.equal(code, 0, stdout + stderr);
    // One of them looks at what only the fixture tells.
    assert.match(stdout, /3 passed .* 0 failed .* 1 ignored/);
    const left = await at.sql(
      "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
    );
    assert.deepEqual(left, [{ relname: "mine" }]);
  },
);
