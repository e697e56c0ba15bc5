import assert from "node:assert/strict";
import { driftOf, formatDrift, requireNoDrift } from "../../src/lock/drift.ts";
import type { LockedManifest, LockedStep } from "../../src/lock/lock.ts";
import { lockPlace, readLock, writeLock } from "../../src/lock/lock_file.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { faultsOf, refusal } from "../kit/faults.ts";
import { tempDir } from "../kit/temp.ts";

const step: LockedStep = {
  driver: "mysql.extractor",
  name: "mysql.extractor",
  version: "1.0.0",
  sha256: null,
  isolation: "auto",
  connection: "@mysql.shop",
  net: ["db:3306"],
  read: [],
  write: [],
  import: [],
  opens: [],
  fills: ["out.csv"],
};
const lockOf = (
  changes: Partial<LockedStep> = {},
  hash = "a".repeat(64),
): LockedManifest => ({ hash, steps: { orders: { ...step, ...changes } } });

Deno.test("driftOf() finds nothing in equal locks", () => {
  assert.deepEqual(driftOf(lockOf(), lockOf()), []);
});

const changes: readonly (readonly [Partial<LockedStep>, string])[] = [
  [{ version: "1.1.0" }, "steps.orders.version\n  - 1.0.0\n  + 1.1.0\n"],
  [{ sha256: "f00" }, "steps.orders.sha256\n  + f00\n"],
  [{ isolation: "inline" }, "steps.orders.isolation\n  - auto\n  + inline\n"],
  [{ connection: null }, "steps.orders.connection\n  - @mysql.shop\n"],
  [
    { net: ["db:3306", "evil.example:443"] },
    "steps.orders.net\n  + evil.example:443\n",
  ],
  [{ net: [] }, "steps.orders.net\n  - db:3306\n"],
  [{ read: ["/etc"] }, "steps.orders.read\n  + /etc\n"],
  [{ write: ["x"] }, "steps.orders.write\n  + x\n"],
  [{ import: ["h:1"] }, "steps.orders.import\n  + h:1\n"],
  [{ opens: ["x"] }, "steps.orders.opens\n  + x\n"],
  [{ fills: ["b.csv"] }, "steps.orders.fills\n  - out.csv\n  + b.csv\n"],
];
for (const [change, text] of changes) {
  const [key] = Object.keys(change);
  Deno.test(`driftOf() finds a change of ${key}: ${text.split("\n")[1].trim()}`, () => {
    assert.equal(formatDrift(driftOf(lockOf(), lockOf(change))), text);
  });
}

Deno.test("driftOf() finds every key of a step", () => {
  const changed = new Set(changes.flatMap(([change]) => Object.keys(change)));
  const missing = Object.keys(step).filter((key) => !changed.has(key));
  assert.deepEqual(missing, ["driver", "name"]);
  assert.equal(
    driftOf(lockOf(), lockOf({ driver: "x.y", name: "x.y" })).length,
    2,
  );
});

Deno.test("driftOf() finds steps that came and went, and another manifest", () => {
  const { orders } = lockOf().steps;
  const now = { hash: "b".repeat(64), steps: { other: orders } };
  assert.equal(
    formatDrift(driftOf(lockOf(), now)),
    `manifest\n  - ${"a".repeat(64)}\n  + ${"b".repeat(64)}\n` +
      "steps.orders\n  - mysql.extractor 1.0.0\nsteps.other\n  + mysql.extractor 1.0.0\n",
  );
});

Deno.test("requireNoDrift() names each difference", async () => {
  assert.deepEqual(
    await faultsOf(() =>
      requireNoDrift(lockOf(), lockOf({ net: ["x:1"] }), "l.json")
    ),
    [
      "run/drift",
      "steps.orders.net: is gone: db:3306",
      "steps.orders.net: is new: x:1",
    ],
  );
});

Deno.test("a lock file holds the locks of several manifests beside it", async () => {
  await using dir = await tempDir();
  const manifest = { steps: [{ id: "a", driver: "x.y" }] };
  const places = [];
  for (const name of ["one.json", "two.json"]) {
    const path = await dir.write(name, JSON.stringify(manifest));
    places.push(lockPlace(await loadManifest(path), "/elsewhere"));
  }
  writeLock(places[0], lockOf());
  writeLock(places[1], lockOf({ version: "2.0.0" }));
  assert.equal(places[0].path, dir.file("osiris.lock.json"));
  assert.deepEqual(readLock(places[0]), lockOf());
  assert.equal(readLock(places[1]).steps.orders.version, "2.0.0");
  const other = { ...places[0], name: "three.json" };
  assert.equal((await refusal(() => readLock(other))).code, "run/drift");
});

Deno.test("a lock that is not there or malformed holds nothing", async () => {
  await using dir = await tempDir();
  const place = { path: dir.file("osiris.lock.json"), name: "m.yaml" };
  assert.equal((await refusal(() => readLock(place))).code, "run/drift");
  for (
    const text of [
      "{",
      "[]",
      '{"version":2,"manifests":{}}',
      '{"version":1,"manifests":{"m.yaml":{"hash":"x","steps":{}}}}',
      '{"version":1,"manifests":{"m.yaml":{"hash":"' + "a".repeat(64) +
      '","steps":{"a":{}}}}}',
    ]
  ) {
    await dir.write("osiris.lock.json", text);
    assert.equal(
      (await refusal(() => readLock(place))).code,
      "run/drift",
      text,
    );
  }
});
