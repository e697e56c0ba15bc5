// The tests of both drivers: deno test -P --no-prompt examples/custom-driver
import {
  conformance,
  rowsOf,
  runDriver,
  tableOf,
} from "@osiris/runtime/testing";
import { types } from "@osiris/runtime/driver";
import assert from "node:assert/strict";

const accessLog = new URL("./access_log.ts", import.meta.url);
const busiest = new URL("./busiest.ts", import.meta.url);
const tempFolder = Deno.env.get("OSIRIS_TEST_TEMP");
const line = (path: string, bytes = "12") =>
  `192.0.2.1 - - [01/Mar/2026:10:00:00 +0100] "GET ${path} HTTP/1.1" 200 ${bytes}\n`;

await conformance(accessLog, {
  tempFolder,
  config: { path: "a.log" },
  files: { "a.log": line("/") },
  empty: { files: { "a.log": "" } },
  failing: { files: { "a.log": "no log" }, code: "data/syntax" },
});

const log = tableOf({
  path: [types.utf8, ["/a", "/b", "/a"]],
  bytes: [types.int64, [1n, null, 3n]],
});

await conformance(busiest, {
  tempFolder,
  config: {},
  inputs: { df: [log] },
  failing: {
    inputs: { df: [tableOf({ path: [types.utf8, ["/"]] })] },
    code: "data/missing-column",
  },
});

Deno.test("log.extractor reads times as instants, and - as NULL", async () => {
  const { batches, error } = await runDriver(accessLog, {
    tempFolder,
    config: { path: "a.log" },
    files: { "a.log": line("/x", "-") },
  });
  assert.equal(error, null);
  assert.deepEqual(rowsOf(batches), [
    ["192.0.2.1", "2026-03-01 09:00:00Z", "GET", "/x", "200", null],
  ]);
});

Deno.test("log.busiest counts requests and bytes", async () => {
  const { batches, error } = await runDriver(busiest, {
    tempFolder,
    config: { top: 1 },
    inputs: { df: [log] },
  });
  assert.equal(error, null);
  assert.deepEqual(rowsOf(batches), [["/a", "2", "4"]]);
});
