// Tests of the test kit's small parts: temp folders, commands, counts, file systems in memory.

import assert from "node:assert/strict";
import { command, deno } from "./kit/command.ts";
import { readCounts } from "./kit/summary.ts";
import { TEMP_ROOT, tempDir } from "./kit/temp.ts";
import { mountTmpfs, tmpfsAvailable } from "./kit/tmpfs.ts";

Deno.test("tempDir() gives a folder of its own and removes it with its content", async () => {
  let path: string;
  {
    await using dir = await tempDir("kit-");
    await using other = await tempDir("kit-");
    path = dir.path;
    assert.ok(path.startsWith(TEMP_ROOT));
    assert.notEqual(path, other.path);
    const file = await dir.write("deep/er/a.txt", "hello");
    assert.equal(await Deno.readTextFile(file), "hello");
  }
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
});

Deno.test("deno() hands back code, stdout and stderr apart", async () => {
  const script = `console.log("out"); console.error("err"); Deno.exit(3);`;
  const { code, stdout, stderr } = await deno(["eval", script]);
  assert.deepEqual({ code, stdout, stderr }, {
    code: 3,
    stdout: "out\n",
    stderr: "err\n",
  });
});

Deno.test("command() feeds stdin and closes it", async () => {
  const script =
    `console.log((await new Response(Deno.stdin.readable).text()).length)`;
  const { stdout } = await command(Deno.execPath(), ["eval", script], {
    stdin: "x".repeat(200_000),
  });
  assert.equal(stdout.trim(), "200000");
});

Deno.test("command() ends a command that takes too long", async () => {
  const { signal, ms } = await deno(["eval", "setInterval(() => {}, 1000)"], {
    timeoutMs: 300,
  });
  assert.equal(signal, "SIGKILL");
  assert.ok(ms < 5000, `took ${ms} ms`);
});

Deno.test("readCounts() takes the last summary, coloured or not", () => {
  const faked = "ok | 99 passed | 0 failed (1ms)\n";
  const real =
    "\x1b[0m\x1b[31mFAILED\x1b[0m | 5 passed (1 step) | 2 failed (1 step) | 1 ignored (9ms)\n";
  assert.deepEqual(readCounts(faked + real, 1), { passed: 5, failed: 2 });
  assert.deepEqual(readCounts(faked, 0), { passed: 99, failed: 0 });
});

Deno.test("readCounts() never calls a broken run a success", () => {
  assert.deepEqual(readCounts("ok | 3 passed | 0 failed (1ms)\n", 1), {
    passed: 3,
    failed: 1,
  });
  assert.deepEqual(readCounts("error: Type checking failed.\n", 1), {
    passed: 0,
    failed: 1,
  });
  assert.deepEqual(readCounts("", 0), { passed: 0, failed: 1 });
});

Deno.test({
  name: "mountTmpfs() holds what it should and no more",
  ignore: !(await tmpfsAvailable()),
  async fn() {
    await using disk = await mountTmpfs(1);
    await Deno.writeFile(`${disk.path}/fits`, new Uint8Array(512 * 1024));
    await assert.rejects(
      Deno.writeFile(`${disk.path}/too-much`, new Uint8Array(1024 * 1024)),
      /space/i,
    );
  },
});
