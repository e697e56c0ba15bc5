import assert from "node:assert/strict";
import { sharedMariadb } from "../kit/servers.ts";
import { currentText, typesPart, withPart } from "./types_doc.ts";
import { PATHS, runMatrix } from "./matrix.ts";

Deno.test("mysql.extractor and mysql.writer keep every type over every path", async () => {
  const server = await sharedMariadb();
  await using db = await server.database("matrix");
  const rows = await runMatrix(db);
  const lost = rows.flatMap(({ sample, differing }) =>
    PATHS.filter((path) => differing[path] > 0)
      .map((path) => `${sample.type}: ${differing[path]} over ${path}`)
  );
  assert.deepEqual(lost, []);
  for (const { sample, readAs, madeType, sourceType } of rows) {
    assert.equal(readAs, sample.logical, sample.type);
    assert.equal(madeType, sourceType, sample.type);
  }
  const text = await currentText();
  assert.equal(
    text,
    withPart(text, typesPart(rows)),
    "docs/types.md is stale: deno run -A --no-prompt tests/mysql/types_doc.ts",
  );
});
