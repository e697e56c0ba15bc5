import assert from "node:assert/strict";
import { loadManifest } from "../../src/manifest/load.ts";
import { fakeDrivers as drivers } from "../kit/fake_drivers.ts";
import { faultsOf, refusal } from "../kit/faults.ts";
import { tempDir } from "../kit/temp.ts";

const read = { id: "a", driver: "fake.reader", config: { path: "a.csv" } };
const write = {
  id: "b",
  driver: "fake.writer",
  config: { path: "b.csv" },
  inputs: { df: "${a}" },
};

Deno.test("loadManifest() reads the inline form and fills in defaults", async () => {
  await using dir = await tempDir();
  const path = await dir.write(
    "shop report.yaml",
    [
      "version: '1.0.0'",
      "memory_budget: 64MiB",
      "deadlines: { step: 5m, idle: 90 }",
      "retry: { max_attempts: 5, on: [connection, sql/deadlock] }",
      "limits: { rows: 10, bytes: 1GiB, wall_s: 2.5 }",
      "steps:",
      "  - { id: a, driver: fake.reader, config: { path: in.csv } }",
      "  - id: b",
      "    driver: fake.writer",
      '    inputs: { df: "${a.df}", note: "x ${a} y", literal: "$${a}", list: [1] }',
      "    config: { path: out.csv }",
      "    deadlines: { step: null }",
      "    permissions: { net: ['a:1'] }",
    ].join("\n"),
  );
  const manifest = await loadManifest(path, { drivers });
  assert.equal(manifest.name, "shop report");
  assert.equal(manifest.profile, "default");
  assert.equal(manifest.memoryBudget, 64 * 2 ** 20);
  assert.equal(manifest.deadlines.stepMs, 300_000);
  assert.equal(manifest.deadlines.idleMs, 90_000);
  assert.equal(manifest.deadlines.connectMs, 30_000);
  assert.equal(manifest.retry?.maxAttempts, 5);
  assert.deepEqual(manifest.retry?.on, ["connection", "sql/deadlock"]);
  assert.deepEqual(manifest.limits, {
    rows: 10,
    bytes: 2 ** 30,
    seconds: 2.5,
    memoryMb: null,
    cpuS: null,
    disk: null,
  });
  assert.deepEqual(manifest.steps[1].inputs, {
    df: { kind: "table", step: "a", output: "df" },
    note: { kind: "value", value: "x ${a} y" },
    literal: { kind: "value", value: "${a}" },
    list: { kind: "value", value: [1] },
  });
  assert.deepEqual(manifest.steps[1].deadlines, { stepMs: null });
  assert.deepEqual(manifest.steps[1].permissions, {
    net: ["a:1"],
    read: [],
    write: [],
  });
  assert.match(manifest.hash, /^[0-9a-f]{64}$/);
});

Deno.test("loadManifest() refuses a form that it does not know", async () => {
  const load = (version?: unknown) =>
    loadManifest({ ...(version !== undefined && { version }), steps: [read] }, {
      drivers,
    });
  for (const version of [undefined, "1", "1.0", "1.0.0", "1.2.3"]) {
    assert.equal((await load(version)).steps.length, 1);
  }
  for (const version of ["2.0.0", "0.1.0", "1.0.0-x", "", 1]) {
    assert.match(
      (await faultsOf(() => load(version)))[1],
      /^version: expected/,
    );
  }
});

Deno.test("loadManifest() gives one hash for one content", async () => {
  const one = await loadManifest({ name: "x", steps: [read, write] });
  const two = await loadManifest({ steps: [{ ...read }, write], name: "x" });
  const other = await loadManifest({ name: "y", steps: [read, write] });
  assert.equal(one.hash, two.hash);
  assert.notEqual(one.hash, other.hash);
});

Deno.test("loadManifest() reports all faults at once with path, value and nearest name", async () => {
  const error = await refusal(() =>
    loadManifest({
      nam: "x",
      parallel: 0,
      memory_budget: "lots",
      retry: { on: ["connecton"] },
      steps: [
        { id: "a", driver: "fake.readr", config: { path: "x" } },
        { id: "b b", driver: "fake.writer", drivr: 1 },
        {
          id: "c",
          driver: "fake.reader",
          config: { paht: "x", header: "yes", encoding: "utf8" },
        },
        {
          id: "a",
          driver: "fake.writer",
          config: { path: 5 },
          inputs: { df: "${cc}" },
        },
        {
          id: "e",
          driver: "fake.writer",
          config: { path: "e" },
          inputs: { df: "${c.rows}" },
        },
        {
          id: "f",
          driver: "fake.writer",
          config: { path: "e" },
          inputs: { df: "${e}" },
        },
      ],
    }, { drivers })
  );
  assert.equal(error.code, "manifest/invalid");
  const shown = error.faults?.map((
    { path, message, hint },
  ) => [path, message, hint]);
  assert.deepEqual(shown, [
    ["nam", "unknown key", 'Did you mean "name"?'],
    ["parallel", "expected at least 1, got 0", undefined],
    [
      "memory_budget",
      'expected a size such as "512MiB" or a number of bytes, got "lots"',
      undefined,
    ],
    [
      "retry.on[0]",
      'no error code or area is named "connecton"',
      'Did you mean "connection"?',
    ],
    [
      "steps[0].driver",
      'no driver is named "fake.readr"',
      'Did you mean "fake.reader"?',
    ],
    [
      "steps[1].id",
      'expected an id of letters, digits, _ and -, got "b b"',
      undefined,
    ],
    [
      "steps[1].drivr",
      "unknown key",
      'Use one of "config", "inputs", "isolation", "retry", "deadlines", "limits", "permissions", "rejects", "max_rejects"',
    ],
    ["steps[1].config.path", "is missing", undefined],
    [
      "steps[1].inputs",
      "fake.writer takes one table, got 0",
      'Name the step whose table it takes: inputs: { df: "${step}" }',
    ],
    ["steps[2].config.paht", "unknown key", 'Did you mean "path"?'],
    [
      "steps[2].config.header",
      'expected true or false or a whole number, got "yes"',
      undefined,
    ],
    [
      "steps[2].config.encoding",
      'expected one of "utf-8", "utf-16", got "utf8"',
      'Did you mean "utf-8"?',
    ],
    ["steps[2].config.path", "is missing", undefined],
    [
      "steps[3].id",
      '"a" is the id of steps[0] already',
      "Give every step an id of its own",
    ],
    ["steps[3].inputs.df", 'there is no step "cc"', 'Did you mean "c"?'],
    ["steps[3].config.path", "expected text, got 5", "Write it in quotes"],
    ["steps[4].inputs.df", 'a step has no output "rows"', 'Use "${c}"'],
    [
      "steps[5].inputs.df",
      'step "e" gives no table: fake.writer only writes',
      "Refer to the step whose table it writes",
    ],
  ]);
});

Deno.test("loadManifest() refuses a second table where one is taken, and any where none is", async () => {
  assert.deepEqual(
    await faultsOf(() =>
      loadManifest({
        steps: [
          read,
          { ...read, id: "r" },
          { ...read, id: "s", inputs: { df: "${a}" } },
          { ...write, inputs: { x: "${a}", y: "${r}" } },
        ],
      }, { drivers })
    ),
    [
      "manifest/invalid",
      'steps[2].inputs: fake.reader takes no table, got 1: "a"',
      'steps[3].inputs: fake.writer takes one table, got 2: "a", "r"',
    ],
  );
});

Deno.test("loadManifest() refuses a later step unless steps may run in any order", async () => {
  const manifest = { steps: [write, read] };
  assert.deepEqual(await faultsOf(() => loadManifest(manifest, { drivers })), [
    "manifest/invalid",
    'steps[0].inputs.df: step "a" comes later',
  ]);
  assert.equal(
    (await loadManifest(manifest, { drivers, parallel: 2 })).parallel,
    2,
  );
});

Deno.test("loadManifest() names the steps of a cycle, once", async () => {
  const step = (id: string, ...from: string[]) => ({
    id,
    driver: "fake.join",
    inputs: Object.fromEntries(from.map((name) => [name, `\${${name}}`])),
  });
  for (const parallel of [1, 4]) {
    assert.deepEqual(
      await faultsOf(() =>
        loadManifest({
          steps: [
            read,
            step("x", "a", "z"),
            step("y", "x"),
            step("z", "y"),
            step("me", "me"),
          ],
        }, {
          drivers,
          parallel,
        })
      ),
      [
        "manifest/invalid",
        'steps[1].inputs.z: makes a cycle: "x" needs "z" needs "y" needs "x"',
        'steps[4].inputs.me: makes a cycle: "me" needs "me"',
      ],
    );
  }
});

Deno.test("loadManifest() has one code when all faults are of one kind", async () => {
  const unknown = {
    steps: [{ id: "a", driver: "nope" }, { id: "b", driver: "nada" }],
  };
  assert.equal(
    (await refusal(() => loadManifest(unknown, { drivers }))).code,
    "driver/unknown",
  );
  const config = { steps: [{ ...read, config: {} }] };
  assert.equal(
    (await refusal(() => loadManifest(config, { drivers }))).code,
    "config/invalid",
  );
});

Deno.test("loadManifest() refuses connections of the wrong form, family or driver", async () => {
  const steps = [
    { ...read, config: { path: "x", connection: "filesystem.in" } },
    { ...read, id: "r", config: { path: "x", connection: "@fake.in" } },
    { ...write, config: { path: "x", connection: "@filesystem.in" } },
  ];
  assert.deepEqual(await faultsOf(() => loadManifest({ steps }, { drivers })), [
    "config/invalid",
    'steps[0].config.connection: expected "@family.alias", got "filesystem.in"',
    'steps[1].config.connection: fake.reader takes a connection of the family "filesystem", got "@fake.in"',
    "steps[2].config.connection: fake.writer takes no connection",
  ]);
});

Deno.test("loadManifest() does not show the value of a secret", async () => {
  const steps = [{
    id: "q",
    driver: "fake.query",
    config: { query: "x", password: ["hunter2"] },
    inputs: { password: 5 },
  }];
  const error = await refusal(() =>
    loadManifest({ steps, retry: "hunter2" }, { drivers })
  );
  assert.match(JSON.stringify(error.faults), /hunter2/); // retry is no secret …
  const quiet = await refusal(() =>
    loadManifest({ steps, deadlines: {} }, { drivers })
  );
  assert.doesNotMatch(JSON.stringify(quiet.faults), /hunter2/); // … a password is
});

Deno.test("loadManifest() refuses an OML source with advice", async () => {
  const error = await refusal(() =>
    loadManifest({ oml_version: "0.1.0", name: "x", steps: [] })
  );
  assert.equal(error.code, "manifest/invalid");
  assert.ok(error.hint);
});

Deno.test("loadManifest() takes options over what is written", async () => {
  const manifest = await loadManifest({
    steps: [read],
    parallel: 2,
    isolation: "worker",
  }, {
    parallel: 8,
    memoryBudget: 1000,
    isolation: "process",
  });
  assert.deepEqual([
    manifest.parallel,
    manifest.memoryBudget,
    manifest.isolation,
  ], [8, 1000, "process"]);
});

Deno.test("loadManifest() counts the faults that it does not show, and ends in bounded time", async () => {
  const steps = Array.from(
    { length: 900 },
    (_, index) => ({ id: [index], driver: {}, nme: 1, inputs: 5 }),
  );
  const unknown = Array.from(
    { length: 90_000 },
    (_, index) => [`nam${index}`, 1],
  );
  const started = performance.now();
  const error = await refusal(() =>
    loadManifest({ ...Object.fromEntries(unknown), name: {}, steps }, {
      drivers,
    })
  );
  assert.ok(performance.now() - started < 5000);
  assert.equal(error.faults?.length, 101);
  assert.match(error.faults!.at(-1)!.message, /^\d+ more faults/);
});
