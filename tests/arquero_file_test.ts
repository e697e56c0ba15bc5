/**
 * Arquero's single file stands in for its modules.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { deno } from "./kit/command.ts";
import { tempDir } from "./kit/temp.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

Deno.test("Arquero's file gives what its modules give, and takes no global name", async () => {
  await using dir = await tempDir();
  const arquero = new URL("../src/deps/arquero.ts", import.meta.url).href;
  await dir.write(
    "names.ts",
    `import "npm:@uwdata/flechette@2.6.0/dist/flechette.mjs";
    globalThis.aq = "mine";
    const ours = await import(${JSON.stringify(arquero)});
    const theirs = await import("npm:arquero@8.0.3");
    console.log(JSON.stringify([
      Object.keys(ours).sort(), Object.keys(theirs).sort(), globalThis.aq,
    ]));`,
  );
  const { code, stdout, stderr } = await deno(
    [
      "run",
      "--no-check",
      "--no-prompt",
      `--config=${ROOT}deno.json`,
      dir.file("names.ts"),
    ],
  );
  assert.equal(code, 0, stderr);
  const [ours, theirs, mine] = JSON.parse(stdout);
  assert.deepEqual(ours, theirs);
  assert.equal(mine, "mine");
});
