/**
 * The line that `plan` prints suffices, and nothing in it can be left out.
 */
import assert from "node:assert/strict";
import { assertMinimal } from "../kit/minimal.ts";
import { tempDir } from "../kit/temp.ts";

const steps = (source: object, target: string) => [
  { id: "read", driver: "filesystem.csv_extractor", config: source },
  {
    id: "sort",
    driver: "arquero.transform",
    inputs: { df: "${read}" },
    config: { verbs: [{ orderby: ["b"] }] },
  },
  {
    id: "write",
    driver: "filesystem.csv_writer",
    inputs: { df: "${sort}" },
    config: { path: target },
  },
];

Deno.test("the command of a plan suffices, and not without any part of it", async () => {
  await using dir = await tempDir();
  await dir.write("in/a.csv", "a,b\n1,2\n3,1\n");
  await dir.write(
    "m.json",
    JSON.stringify({ steps: steps({ path: "in/a.csv" }, "out/b.csv") }),
  );
  await assertMinimal(dir, ["m.json"]);
  assert.equal(
    await Deno.readTextFile(dir.file("out/b.csv")),
    "a,b\n3,1\n1,2\n",
  );
});

Deno.test("the command of a plan with connections and variables suffices and is minimal", async () => {
  await using dir = await tempDir();
  await dir.write("in/a.csv", "a,b\n1,2\n3,1\n");
  await dir.write(
    "osiris_connections.yaml",
    "connections: { filesystem: { x: { base_dir: '${OSIRIS_TEST_DIR}' } } }",
  );
  const source = { path: "a.csv", connection: "@filesystem.x" };
  await dir.write(
    "m.json",
    JSON.stringify({ steps: steps(source, "out/b.csv") }),
  );
  await assertMinimal(dir, ["m.json", "--out=out/logs"], {
    OSIRIS_TEST_DIR: "in",
  });
  await dir.write(".env", "OSIRIS_TEST_DIR=in");
  await assertMinimal(dir, ["m.json"]);
});

for (const isolation of ["process", "inline"]) {
  Deno.test(`the command of a plan with a step under ${isolation} suffices and is minimal`, async () => {
    await using dir = await tempDir();
    await dir.write("in/a.csv", "a,b\n1,2\n3,1\n");
    const [read, sort, write] = steps({ path: "in/a.csv" }, "out/b.csv");
    await dir.write(
      "m.json",
      JSON.stringify({ steps: [read, { ...sort, isolation }, write] }),
    );
    await assertMinimal(dir, ["m.json"]);
    assert.equal(
      await Deno.readTextFile(dir.file("out/b.csv")),
      "a,b\n3,1\n1,2\n",
    );
  });
}
