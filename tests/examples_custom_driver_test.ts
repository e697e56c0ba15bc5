// The example with drivers of its own, run as its files say.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { deno } from "./kit/command.ts";
import { TEMP_ROOT, tempDir } from "./kit/temp.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

Deno.test(
  "the custom drivers of the example pass their own tests",
  async () => {
    await Deno.mkdir(TEMP_ROOT, { recursive: true });
    const { code, stdout, stderr } = await deno([
      "test",
      "-A",
      "--no-prompt",
      "--unstable-worker-options",
      "examples/custom-driver",
    ], {
      cwd: ROOT,
      timeoutMs: 120_000,
      env: { OSIRIS_TEST_TEMP: TEMP_ROOT },
    });
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /20 passed \| 0 failed/);
  },
);

Deno.test(
  "the example with custom drivers gives the busiest paths",
  async () => {
    await using dir = await tempDir("custom-");
    const example = `${ROOT}/examples/custom-driver`;
    for (
      const name of [
        "access_log.ts",
        "busiest.ts",
        "osiris.drivers.yaml",
        "data/access.log",
      ]
    ) {
      const text = await Deno.readTextFile(`${example}/${name}`);
      await dir.write(
        `examples/custom-driver/${name}`,
        text.replace(
          /"@osiris\/runtime\/(\w+)"/g,
          (_, name) => `"${new URL(`../${name}.ts`, import.meta.url).href}"`,
        ),
      );
    }
    await dir.write(
      "m.yaml",
      await Deno.readTextFile(`${example}/manifest.yaml`),
    );
    await Deno.rename(
      dir.file("m.yaml"),
      dir.file("examples/custom-driver/manifest.yaml"),
    );
    const { code, stderr } = await deno([
      "run",
      "-A",
      "--no-prompt",
      "--unstable-worker-options",
      `${ROOT}/cli.ts`,
      "run",
      "examples/custom-driver/manifest.yaml",
    ], { cwd: dir.path });
    assert.equal(code, 0, stderr);
    assert.equal(
      await Deno.readTextFile(dir.file("out/busiest.csv")),
      "path,requests,bytes\n/static/app.js,17,564689\n/orders,16,861069\n/,15,467548\n",
    );
  },
);
