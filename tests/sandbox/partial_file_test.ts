/** The file beside a target belongs to one run, whoever else still writes. */
import assert from "node:assert/strict";
import {
  markFile,
  openMarked,
  openPartial,
} from "../../src/host/partial_file.ts";
import { tempDir } from "../kit/temp.ts";

const write = (file: Deno.FsFile, text: string): number =>
  file.writeSync(new TextEncoder().encode(text));

Deno.test("a process of a killed run can't write into the next run's file", async () => {
  await using dir = await tempDir();
  const path = dir.file(".out.csv.osiris.partial");
  const first = await openPartial(path, "out.csv", false);
  using left = openMarked(path, "out.csv", markFile(first));
  write(left, "half of the first");
  first.close(); // the host is killed, its lock is gone
  using second = await openPartial(path, "out.csv", false);
  using own = openMarked(path, "out.csv", markFile(second));
  write(own, "second");
  write(left, " and more of the first");
  assert.equal(await Deno.readTextFile(path), "second");
});

Deno.test("a process that is late finds another run's file and leaves it alone", async () => {
  await using dir = await tempDir();
  const path = dir.file(".out.csv.osiris.partial");
  const first = await openPartial(path, "out.csv", false);
  const mark = markFile(first);
  first.close();
  using second = await openPartial(path, "out.csv", false);
  assert.throws(() => openMarked(path, "out.csv", mark), { code: "file/busy" });
  const own = markFile(second);
  assert.throws(() => openMarked(path, "out.csv", mark), { code: "file/busy" });
  using file = openMarked(path, "out.csv", own);
  assert.equal((await file.stat()).size, 0);
});

Deno.test("a file that a live run writes is refused", async () => {
  await using dir = await tempDir();
  const path = dir.file("deep/.out.csv.osiris.partial");
  await assert.rejects(
    openPartial(path, "out.csv", false),
    Deno.errors.NotFound,
  );
  using _ = await openPartial(path, "out.csv", true);
  await assert.rejects(openPartial(path, "out.csv", true), {
    code: "file/busy",
  });
});

Deno.test("of runs that begin at once one gets the file, which is at its place", async () => {
  await using dir = await tempDir();
  const path = dir.file(".out.csv.osiris.partial");
  await Deno.writeTextFile(path, "left by a killed run");
  const opened = await Promise.allSettled(
    Array.from({ length: 12 }, () => openPartial(path, "out.csv", false)),
  );
  const files = opened.flatMap((one) =>
    one.status === "fulfilled" ? [one.value] : []
  );
  for (const one of opened) {
    if (one.status === "rejected") assert.equal(one.reason.code, "file/busy");
  }
  assert.ok(files.length <= 1);
  if (files.length === 1) {
    assert.equal((await files[0].stat()).ino, (await Deno.stat(path)).ino);
  }
  for (const file of files) file.close();
});
