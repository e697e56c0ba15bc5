import assert from "node:assert/strict";
import { loadConnections } from "../../src/connection/connections.ts";
import { loadManifest } from "../../src/manifest/load.ts";
import { buildPlan } from "../../src/plan/build.ts";
import { denoCommand, shellQuote } from "../../src/plan/command.ts";
import { formatPlan, planReport } from "../../src/plan/format.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { RegisteredDriver } from "../../src/driver/registry.ts";
import { command } from "../kit/command.ts";
import { fakeDrivers as drivers } from "../kit/fake_drivers.ts";
import { faultsOf, refusal } from "../kit/faults.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const reader = (id: string, path: string, more = {}) => ({
  id,
  driver: "fake.reader",
  config: { path, ...more },
});
const writer = (id: string, from: string, path: string, more = {}) => ({
  id,
  driver: "fake.writer",
  config: { path, ...more },
  inputs: { df: `\${${from}}` },
});

async function plan(
  dir: TempDir,
  steps: readonly object[],
  options = {},
): Promise<Plan> {
  const manifest = await loadManifest({ name: "shop", steps, ...options }, {
    drivers,
  });
  return buildPlan(manifest, { drivers, cwd: dir.path });
}

Deno.test("buildPlan() fills in configs and finds files, connections and permissions", async () => {
  await using dir = await tempDir();
  await dir.write("in/a.csv", "x");
  await dir.write("ca.pem", "x");
  await dir.write(".env", "OSIRIS_TEST_PW=hunter22");
  await dir.write(
    "osiris_connections.yaml",
    "connections: { filesystem: { in: { base_dir: in } }, fake: { db: { default: true, host: db, database: d, ca_file: ca.pem, password: '${OSIRIS_TEST_PW}' } } }",
  );
  const built = await plan(dir, [
    reader("a", "a.csv", { connection: "@filesystem.in" }),
    {
      id: "q",
      driver: "fake.query",
      config: { query: "SELECT 1" },
      inputs: { n: 5 },
      permissions: { net: ["https://x.org"] },
    },
    { id: "j", driver: "fake.join", inputs: { a: "${a}", q: "${q}" } },
    writer("w", "j", "out/deep/b.csv"),
  ]);
  const [a, q, j, w] = built.steps;
  assert.deepEqual(a.config, {
    path: "a.csv",
    delimiter: ",",
    header: true,
    encoding: "utf-8",
  });
  assert.deepEqual(a.sources, {
    source: {
      path: "a.csv",
      resolved: dir.file("in/a.csv"),
      partial: null,
      createFolders: false,
    },
  });
  assert.deepEqual(a.permissions, { net: [], read: [], write: [] });
  assert.deepEqual(q.permissions, {
    net: ["db:3306", "x.org:443"],
    read: [dir.file("ca.pem")],
    write: [],
  });
  assert.equal(q.connection?.fields.password, "hunter22");
  assert.deepEqual(q.values, { n: 5 });
  assert.deepEqual(j.inputs, { a: "a", q: "q" });
  assert.deepEqual(w.targets.target, {
    path: "out/deep/b.csv",
    resolved: dir.file("out/deep/b.csv"),
    partial: dir.file("out/deep/.b.csv.osiris.partial"),
    createFolders: true,
  });
  assert.deepEqual(built.host, {
    read: [
      ".env",
      ".osiris",
      "ca.pem",
      "in/a.csv",
      "osiris_connections.yaml",
      "out/deep/.b.csv.osiris.partial",
      "run_logs",
    ]
      .map((name) => dir.file(name)),
    write: [
      ".osiris",
      "out/deep",
      "out/deep/.b.csv.osiris.partial",
      "out/deep/b.csv",
      "run_logs",
    ].map((name) => dir.file(name)),
    net: ["db:3306", "x.org:443"],
    env: ["OSIRIS_TEST_PW"],
    run: [],
    mayRun: [],
  });
  const shown = formatPlan(built) + JSON.stringify(planReport(built, []));
  assert.doesNotMatch(shown, /hunter22/);
});

Deno.test("buildPlan() puts later steps that are needed first", async () => {
  await using dir = await tempDir();
  await dir.write("a.csv", "x");
  const built = await plan(dir, [writer("w", "j", "b.csv"), {
    id: "j",
    driver: "fake.join",
    inputs: { df: "${a}" },
  }, reader("a", "a.csv")], {
    parallel: 2,
  });
  assert.deepEqual(built.steps.map(({ id }) => id), ["a", "j", "w"]);
});

Deno.test("buildPlan() refuses missing sources, folders for files, and two writers of one file, all at once", async () => {
  await using dir = await tempDir();
  await dir.write("orders.csv", "x");
  await Deno.mkdir(dir.file("folder"));
  await command("sh", ["-c", "mkfifo pipe"], { cwd: dir.path });
  assert.deepEqual(
    await faultsOf(() =>
      plan(dir, [
        reader("a", "order.csv"),
        reader("b", "folder"),
        reader("c", "a\0b"),
        writer("d", "a", "no/x.csv", { create_dirs: false }),
        writer("e", "a", "folder"),
        writer("f", "a", "y.csv"),
        writer("g", "a", "./folder/../y.csv"),
        writer("h", "a", "z/"),
        writer("i", "a", "pipe"),
      ])
    ),
    [
      "config/invalid",
      'steps[0].config.path: there is no file "order.csv"',
      'steps[1].config.path: "folder" is a folder',
      "steps[2].config.path: a path has no NUL character",
      'steps[3].config.path: the folder of "no/x.csv" does not exist',
      'steps[4].config.path: "folder" is a folder',
      'steps[6].config.path: step "f" writes "./folder/../y.csv" too',
      'steps[7].config.path: "z/" is a folder',
      'steps[8].config.path: "pipe" is a device, pipe or socket',
    ],
  );
  assert.equal(
    (await refusal(() => plan(dir, [reader("a", "order.csv")]))).code,
    "file/not-found",
  );
});

Deno.test("buildPlan() lets a step read what a step above it writes", async () => {
  await using dir = await tempDir();
  await dir.write("a.csv", "x");
  const built = await plan(dir, [
    reader("a", "a.csv"),
    writer("w", "a", "out/b.csv"),
    reader("b", "out/b.csv"),
  ]);
  assert.equal(built.steps[2].sources.source.resolved, dir.file("out/b.csv"));
});

Deno.test("buildPlan() follows links in what it grants and opens", async () => {
  await using dir = await tempDir();
  await dir.write("real/a.csv", "x");
  // A process of its own: making links asks this one for all permissions.
  await new Deno.Command("sh", {
    args: ["-c", "ln -s real link"],
    cwd: dir.path,
  })
    .output();
  const grant = {
    permissions: { read: ["link/a.csv"], write: ["link/new"], net: [] },
  };
  const built = await plan(dir, [
    { ...reader("a", "link/a.csv"), ...grant },
    writer("w", "a", "link/b.csv"),
  ]);
  assert.equal(built.steps[0].sources.source.resolved, dir.file("real/a.csv"));
  assert.deepEqual(built.steps[0].permissions, {
    net: [],
    read: [dir.file("real/a.csv")],
    write: [dir.file("real/new")],
  });
  assert.equal(built.steps[1].targets.target.resolved, dir.file("real/b.csv"));
  for (const path of ["link", "link/a.csv", "link/new", "real/a.csv"]) {
    assert.ok(built.host.read.includes(dir.file(path)), path);
  }
});

Deno.test("buildPlan() collects what is wrong with connections", async () => {
  await using dir = await tempDir();
  await dir.write(
    "osiris_connections.yaml",
    "connections: { fake: { a: { database: '${OSIRIS_TEST_NO}' }, b: { port: 0 } } }",
  );
  const query = (id: string, alias: string) => ({
    id,
    driver: "fake.query",
    config: { query: "x", connection: `@fake.${alias}` },
  });
  const one = await refusal(() =>
    plan(dir, [query("x", "a"), query("y", "a")])
  );
  assert.deepEqual([one.code, one.step], ["connection/unset-variable", "x"]);
  const more = await refusal(() =>
    plan(dir, [query("x", "a"), query("y", "b"), query("z", "c")])
  );
  assert.equal(more.faults?.length, 3);
});

Deno.test("buildPlan() reads no connections when no step has one", async () => {
  await using dir = await tempDir();
  await dir.write("a.csv", "x");
  await dir.write("osiris_connections.yaml", "nonsense: [");
  await plan(dir, [reader("a", "a.csv")]);
  const error = await refusal(() => loadConnections({ cwd: dir.path }));
  assert.equal(error.code, "connection/invalid");
});

Deno.test("denoCommand() spells relative paths, folders once, and what a shell would take apart", async () => {
  await using dir = await tempDir();
  await dir.write("in/it's, a.csv", "x");
  const built = await plan(dir, [
    reader("a", "in/it's, a.csv"),
    writer("w", "a", "out file.csv"),
  ]);
  const words = denoCommand(built, {
    args: ["run", "m y.yaml"],
    entry: "cli.ts",
  });
  assert.deepEqual(words, [
    "deno",
    "run",
    "--no-prompt",
    "--unstable-worker-options",
    "--allow-read=.osiris,.out file.csv.osiris.partial,in,run_logs",
    "--allow-write=.osiris,.out file.csv.osiris.partial,out file.csv,run_logs",
    "cli.ts",
    "run",
    "m y.yaml",
  ]);
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `printf '%s\\n' ${shellQuote(words)}`],
  }).output();
  assert.deepEqual(
    new TextDecoder().decode(stdout).trimEnd().split("\n"),
    words,
  );
});

for (
  const [isolation, kind, run, mayRun] of [
    ["process", "builtin", true, false],
    ["process", "module", true, false],
    ["auto", "module", false, true],
    ["auto", "builtin", false, false],
    ["worker", "module", false, false],
    ["process", "object", false, false],
  ] as const
) {
  Deno.test(`a plan of a ${kind} driver under ${isolation} ${run ? "starts" : mayRun ? "may start" : "does not start"} Deno`, async () => {
    await using dir = await tempDir();
    await dir.write("a.csv", "x");
    const given = drivers.get("fake.reader")!;
    const origin = kind === "builtin"
      ? { kind, worker: new URL("file:///x.ts"), load: () => Promise.reject() }
      : kind === "module"
      ? { kind, url: "file:///x.ts" }
      : { kind, driver: { spec: given.spec, run: () => Promise.reject() } };
    const built = await buildPlan(
      await loadManifest({
        name: "shop",
        isolation,
        steps: [reader("a", "a.csv")],
      }, { drivers }),
      {
        drivers: new Map([[
          "fake.reader",
          { ...given, origin } as RegisteredDriver,
        ]]),
        cwd: dir.path,
      },
    );
    const deno = [Deno.execPath()];
    assert.deepEqual(built.host.run, run ? deno : []);
    assert.deepEqual(built.host.mayRun, mayRun ? deno : []);
    const words = denoCommand(built, { args: ["run"] });
    assert.equal(
      words.includes(`--allow-run=${Deno.execPath()}`),
      run || mayRun,
    );
  });
}

for (
  const [isolation, expected] of [
    ["auto", "process"],
    ["process", "process"],
    ["worker", null],
    ["inline", null],
  ] as const
) {
  Deno.test(`limits of memory or CPU time under ${isolation} ${expected ? "make a process" : "are refused: nobody would keep them"}`, async () => {
    await using dir = await tempDir();
    await dir.write("a.csv", "x");
    for (const limits of [{ memory_mb: 100 }, { cpu_s: 1 }]) {
      const planning = plan(dir, [{ ...reader("a", "a.csv"), limits }], {
        isolation,
      });
      if (expected === null) {
        const [code, fault] = await faultsOf(() => planning);
        assert.equal(code, "config/invalid");
        assert.match(fault, /^steps\[0\]\.limits: /);
        continue;
      }
      const built = await planning;
      assert.equal(planReport(built, []).steps[0].isolation, expected);
      assert.deepEqual(built.host.run, [Deno.execPath()]);
    }
  });
}
