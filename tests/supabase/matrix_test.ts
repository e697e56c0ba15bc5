import assert from "node:assert/strict";
import { startProject } from "../kit/postgrest/project.ts";
import { matrixTables, PATHS, runMatrix } from "./matrix.ts";
import { currentText, typesPart, withPart } from "./types_doc.ts";

Deno.test("supabase.extractor and supabase.writer keep every type over every path", async () => {
  await using at = await startProject({ sql: matrixTables() });
  const rows = await runMatrix(at);
  const lost = rows.flatMap(({ sample, differing }) =>
    PATHS.filter((path) => differing[path] > 0)
      .map((path) => `${sample.type}: ${differing[path]} over ${path}`)
  );
  assert.deepEqual(lost, []);
  for (const { sample, readAs } of rows) {
    assert.equal(readAs, sample.logical, sample.type);
  }
  const text = await currentText();
  assert.equal(
    text,
    withPart(text, typesPart(rows)),
    "docs/types.md is stale: deno run -A --no-prompt tests/supabase/types_doc.ts",
  );
});
