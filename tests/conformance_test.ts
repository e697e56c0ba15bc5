// Every built-in driver passes the cases that drivers of others are held to.
import assert from "node:assert/strict";
import { builtinDrivers } from "../drivers/builtin.ts";
import type { ConformanceOptions } from "../src/testing/case.ts";
import { register } from "../src/testing/conformance.ts";
import { tableOf } from "../src/testing/tables.ts";
import { types } from "../src/table/type.ts";
import { LEVELS } from "./kit/levels.ts";
import { TEMP_ROOT } from "./kit/temp.ts";

await Deno.mkdir(TEMP_ROOT, { recursive: true });

const trials: Readonly<Record<string, ConformanceOptions>> = {
  "filesystem.csv_extractor": {
    config: { path: "in.csv" },
    files: { "in.csv": "id,name\n1,one\n2,\n3,three\n" },
    empty: { files: { "in.csv": "id,name\n" } },
    failing: { files: { "in.csv": "id,name\n1\n" }, code: "data/ragged" },
  },
  "filesystem.csv_writer": {
    config: { path: "out/made.csv" },
  },
  "filesystem.json_extractor": {
    config: { path: "in.jsonl" },
    files: { "in.jsonl": '{"id":1,"name":"one"}\n{"id":2,"name":null}\n' },
    empty: { files: { "in.jsonl": "" } },
    failing: { files: { "in.jsonl": '{"id":' }, code: "data/syntax" },
  },
  "filesystem.json_writer": {
    config: { path: "out/made.jsonl" },
  },
  "arquero.transform": {
    config: { verbs: [{ derive: { double: "d.id * 2" } }] },
    inputs: {
      df: [
        tableOf({
          id: [types.int32, [1, 2]],
          name: [types.utf8, ["a", null]],
        }),
      ],
    },
    failing: {
      config: { verbs: [{ derive: { wrong: "d.no_such" } }] },
      code: "data/expression",
    },
  },
};

for (const isolation of LEVELS) {
  for (const [name, options] of Object.entries(trials)) {
    const label = `${name} in a ${isolation}`;
    await register(name, {
      tempFolder: TEMP_ROOT,
      isolation,
      label,
      ...options,
    }, builtinDrivers);
  }
}

Deno.test("every built-in driver is held to the conformance kit", () => {
  const elsewhere = ["mysql.", "supabase."]; // beside their servers
  const missing = [...builtinDrivers.keys()].filter((name) =>
    !Object.hasOwn(trials, name) &&
    !elsewhere.some((family) => name.startsWith(family))
  );
  assert.deepEqual(missing, []);
});
