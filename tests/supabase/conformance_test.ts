// The Supabase drivers pass the cases that drivers of others are held to.
import { builtinDrivers } from "../../drivers/builtin.ts";
import { register } from "../../src/testing/conformance.ts";
import { LEVELS } from "../kit/levels.ts";
import { TEMP_ROOT } from "../kit/temp.ts";
import { project, serviceConnection } from "./kit.ts";

await Deno.mkdir(TEMP_ROOT, { recursive: true });
const at = await project(
  "CREATE TABLE t (id bigint PRIMARY KEY, name text); INSERT INTO t VALUES (1,'one'), (2,NULL); CREATE TABLE w (id bigint, name text)",
);
const common = { tempFolder: TEMP_ROOT, connection: serviceConnection(at) };

for (const isolation of LEVELS) {
  await register("supabase.extractor", {
    ...common,
    isolation,
    label: `supabase.extractor in a ${isolation}`,
    config: { table: "t" },
    empty: { config: { table: "t", filter: { id: "lt.0" } } },
    failing: { config: { table: "no_such" }, code: "sql/unknown-table" },
  }, builtinDrivers);

  await register("supabase.writer", {
    ...common,
    isolation,
    label: `supabase.writer in a ${isolation}`,
    config: { table: "w" },
    before: async () => void await at.sql("DELETE FROM w"),
    failing: { config: { table: "no_such" }, code: "sql/unknown-table" },
  }, builtinDrivers);
}

Deno.test.afterAll(async () => await at[Symbol.asyncDispose]());
