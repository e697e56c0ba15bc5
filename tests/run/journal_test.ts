import assert from "node:assert/strict";
import type { RunEvent } from "../../src/event.ts";
import { createMasker } from "../../src/connection/masker.ts";
import { Journal } from "../../src/run/journal.ts";
import { eventsOf, metricsOf } from "../kit/run/run.ts";
import { tempDir } from "../kit/temp.ts";

const plain = (text: string): string => text;

Deno.test("Journal has a line on disk before the run goes on", async () => {
  await using folder = await tempDir();
  const seen: number[] = [];
  const journal = new Journal(folder.path, "r1", {
    mask: plain,
    onEvent: () => seen.push(eventsOf(folder.path).length),
  });
  journal.emit("run_start");
  journal.emit("run_end", { status: "success" });
  journal.measure("rows_read", 3, "rows", "a");
  assert.deepEqual(seen, [1, 2]);
  assert.equal(eventsOf(folder.path)[1].status, "success");
  const { ts, ...metric } = metricsOf(folder.path)[0];
  assert.match(ts, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(metric, {
    session: "r1",
    metric: "rows_read",
    value: 3,
    unit: "rows",
    "step_id": "a",
  });
  journal.close();
});

Deno.test("Journal masks texts and keeps lines whole, whatever the secret is", async () => {
  await using folder = await tempDir();
  for (const secret of ['":"', "12", "e", "\\", "r1-secret", '"},"x":{"']) {
    const journal = new Journal(folder.path, "r1", {
      mask: createMasker([secret]),
    });
    journal.emit("log", {
      message: `it is ${secret}!`,
      rows: 12,
      deep: [secret],
    });
    journal.measure("rows_read", 12, "rows", null);
    journal.close();
    const line = eventsOf(folder.path).at(-1)!;
    assert.equal((line.deep as string[])[0], "***", secret);
    assert.equal(Object.values(line).includes(12), true, secret);
  }
});

Deno.test("Journal is not touched by what a listener throws, and says so once", async () => {
  await using folder = await tempDir();
  const journal = new Journal(folder.path, "r1", {
    mask: plain,
    onEvent: () => {
      throw new Error("bad listener");
    },
  });
  journal.emit("run_start");
  journal.emit("run_end");
  journal.close();
  assert.deepEqual(
    eventsOf(folder.path).map(({ event }) => event),
    ["run_start", "log", "run_end"],
  );
});

Deno.test("Journal gives listeners the masked event", async () => {
  await using folder = await tempDir();
  const heard: RunEvent[] = [];
  const journal = new Journal(folder.path, "r1", {
    mask: (text) => text.replaceAll("hunter2", "***"),
    onEvent: (event) => heard.push(event),
  });
  journal.emit("log", { message: "password hunter2" });
  journal.close();
  assert.equal(heard[0].message, "password ***");
});

Deno.test("Journal whose folder is gone says so and does not throw", async () => {
  await using folder = await tempDir();
  assert.throws(() => new Journal(folder.file("none"), "r", { mask: plain }), {
    code: "run/folder",
  });
  const journal = new Journal(folder.path, "r1", { mask: plain });
  journal.close();
  journal.emit("late"); // after the end: lost, not thrown
  assert.equal(eventsOfOrNone(folder.path), 0);
});

function eventsOfOrNone(folder: string): number {
  return Deno.readTextFileSync(`${folder}/events.jsonl`).length;
}
