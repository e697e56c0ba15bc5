// A file that the host writes in a step's stead goes where the plan says.

import assert from "node:assert/strict";
import { Target } from "../../src/host/target.ts";
import { commandOk } from "../kit/command.ts";
import { tempDir } from "../kit/temp.ts";

Deno.test("a link where a file is first written empties no other file", async () => {
  await using dir = await tempDir("target-");
  await dir.write("precious.txt", "precious");
  const partial = dir.file(".out.csv.osiris.partial");
  await commandOk("sh", ["-c", `ln -s precious.txt '${partial}'`], {
    cwd: dir.path,
  });
  const file = {
    path: "out.csv",
    resolved: dir.file("out.csv"),
    partial,
    createFolders: false,
  };
  await assert.rejects(Target.open(file), { code: "file/not-a-file" });
  assert.equal(
    await Deno.readTextFile(dir.file("precious.txt")),
    "precious",
  );
});
