/**
 * Whole commands, each in a process of its own.
 */
import assert from "node:assert/strict";
import { command, type CommandResult, deno } from "../kit/command.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const cli = new URL("../../cli.ts", import.meta.url).pathname;
const FLAGS = ["run", "--no-prompt", "--unstable-worker-options", "-A", cli];

function osiris(dir: TempDir, ...args: string[]): Promise<CommandResult> {
  return deno([...FLAGS, ...args], { cwd: dir.path, timeoutMs: 20_000 });
}

/** A folder with a manifest that copies `in.csv`. */
async function copyJob(csv = "a,b\n1,x\n2,y\n"): Promise<TempDir> {
  const dir = await tempDir("cli-");
  await dir.write("in.csv", csv);
  await dir.write(
    "m.yaml",
    [
      "name: copy",
      "params: { target: out.csv }",
      "steps:",
      "  - { id: read, driver: filesystem.csv_extractor, config: { path: in.csv } }",
      '  - { id: write, driver: filesystem.csv_writer, config: { path: "${params.target}" }, inputs: { df: "${read}" } }',
    ].join("\n"),
  );
  return dir;
}

Deno.test("osiris run copies a file, with the result on stdout and the steps on stderr", async () => {
  await using dir = await copyJob();
  const { code, stdout, stderr } = await osiris(dir, "run", "m.yaml");
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^success: 2 steps, 2 rows in .*\n {2}out\.csv {2}\d+ B\n {2}run_logs\//,
  );
  assert.match(stderr, /^read {2}2 rows {2}.*\nwrite {2}2 rows {2}.*\n$/);
  assert.equal(await Deno.readTextFile(dir.file("out.csv")), "a,b\n1,x\n2,y\n");
});

Deno.test("osiris run --json --quiet gives JSON and nothing else", async () => {
  await using dir = await copyJob();
  const { code, stdout, stderr } = await osiris(
    dir,
    "run",
    "m.yaml",
    "--json",
    "-q",
    "--param=target=b.csv",
    "--out=logs",
  );
  assert.deepEqual([code, stderr], [0, ""]);
  const result = JSON.parse(stdout);
  assert.deepEqual([result.status, result.steps_completed, result.total_rows], [
    "success",
    2,
    2,
  ]);
  assert.equal(result.artifacts[0].path, dir.file("b.csv"));
  assert.ok(result.run_folder.startsWith(dir.file("logs/default/copy/")));
});

Deno.test("osiris run --dry-run writes nothing", async () => {
  await using dir = await copyJob();
  const { code, stdout } = await osiris(dir, "run", "m.yaml", "--dry-run");
  assert.equal(code, 0);
  assert.match(stdout, /dry run/);
  await assert.rejects(Deno.stat(dir.file("out.csv")));
});

Deno.test("osiris run ends with 1 when a step fails, naming step and code", async () => {
  await using dir = await copyJob("a,b\n1\n");
  const { code, stdout, stderr } = await osiris(dir, "run", "m.yaml", "--json");
  assert.equal(code, 1);
  assert.deepEqual([JSON.parse(stdout).status, JSON.parse(stdout).error.code], [
    "failed",
    "data/ragged",
  ]);
  assert.match(stderr, /error data\/ragged in step "read"/);
});

Deno.test("osiris run ends with 2 and leaves nothing when the manifest is refused", async () => {
  await using dir = await copyJob();
  await dir.write(
    "m.yaml",
    "steps: [{ id: a, driver: filesystem.csv_extracter }]",
  );
  const { code, stdout, stderr } = await osiris(dir, "run", "m.yaml");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /Did you mean "filesystem\.csv_extractor"/);
  await assert.rejects(Deno.stat(dir.file("run_logs")));
});

Deno.test("osiris run ends with 3 and all flags to add when permissions are missing", async () => {
  await using dir = await copyJob();
  const flags = [
    "run",
    "--no-prompt",
    "--unstable-worker-options",
    "--allow-read=m.yaml,in.csv",
  ];
  const { code, stderr } = await deno([...flags, cli, "run", "m.yaml"], {
    cwd: dir.path,
  });
  assert.equal(code, 3);
  assert.match(stderr, /^ {2}write: .*out\.csv/m);
  assert.match(stderr, /^hint: Add --allow-read=.* --allow-write=/m);
});

for (const [signal, expected] of [["INT", 130], ["TERM", 143]] as const) {
  Deno.test(`osiris run ends with ${expected} soon after SIG${signal}, undoing what it did`, async () => {
    await using dir = await copyJob();
    await dir.write("out.csv", "old");
    // The pipe has a writer that says nothing, so that the read lasts until the signal.
    const script = `
      rm in.csv; mkfifo in.csv; sleep 15 > in.csv & holder=$!
      "$@" & run=$!
      until grep -q step_start run_logs/*/*/*/events.jsonl 2>/dev/null; do sleep 0.05; done
      kill -${signal} $run; wait $run; code=$?; kill $holder; exit $code`;
    const { code, stdout, ms } = await command("sh", [
      "-c",
      script,
      "sh",
      Deno.execPath(),
      ...FLAGS,
      "run",
      "m.yaml",
      "--json",
    ], {
      cwd: dir.path,
      timeoutMs: 20_000,
    });
    assert.equal(code, expected, stdout);
    assert.equal(JSON.parse(stdout).status, "interrupted");
    assert.ok(ms < 6000, `took ${ms} ms`);
    assert.equal(await Deno.readTextFile(dir.file("out.csv")), "old");
    const names = Array.from(Deno.readDirSync(dir.path), ({ name }) => name);
    assert.ok(!names.some((name) => name.endsWith(".partial")), names.join());
  });
}

Deno.test("osiris validate reports all faults of a manifest with exit code 2", async () => {
  await using dir = await copyJob();
  assert.equal(
    (await osiris(dir, "validate", "m.yaml")).stdout,
    "valid: copy, inline form, 2 steps\n",
  );
  await dir.write(
    "bad.yaml",
    "steps: [{ id: a, driver: x, confg: {} }, { id: a }]",
  );
  const { code, stdout } = await osiris(dir, "validate", "bad.yaml", "--json");
  assert.equal(code, 2);
  assert.deepEqual(
    JSON.parse(stdout).error.faults.map(({ path }: { path: string }) => path),
    ["steps[0].confg", "steps[0].driver", "steps[1].driver", "steps[1].id"],
  );
});

Deno.test("osiris runs list and show tell of good and bad runs", async () => {
  await using dir = await copyJob();
  const first = JSON.parse(
    (await osiris(dir, "run", "m.yaml", "--json")).stdout,
  );
  await dir.write("in.csv", "a,b\n1\n");
  await osiris(dir, "run", "m.yaml", "-q");
  const list = JSON.parse((await osiris(dir, "runs", "list", "--json")).stdout);
  assert.deepEqual(list.map((run: { status: string }) => run.status), [
    "failed",
    "success",
  ]);
  const failed = JSON.parse(
    (await osiris(
      dir,
      "runs",
      "list",
      "--json",
      "--status=failed",
      "--limit=5",
    )).stdout,
  );
  assert.deepEqual(failed.map((run: { code: string }) => run.code), [
    "data/ragged",
  ]);
  const shown = await osiris(dir, "runs", "show", first.run_id, "--events");
  assert.match(shown.stdout, /^status +success$/m);
  assert.match(shown.stdout, /"event":"run_end"/);
  const last = await osiris(dir, "runs", "show", "last");
  assert.match(last.stdout, /^status +failed: data\/ragged$/m);
  assert.equal((await osiris(dir, "runs", "show", "nope")).code, 2);
});

Deno.test("osiris connections list shows where connections lead and no secret", async () => {
  await using dir = await tempDir();
  await dir.write(
    "osiris_connections.yaml",
    [
      "connections:",
      "  mysql:",
      "    shop: { default: true, host: db, user: '${USER_NAME}', password: '${MYSQL_PW}' }",
      "    old: { host: db, password: hunter22, ssl: { key: hunter33 }, note: 'uses hunter22' }",
      "  supabase:",
      "    main: { url: 'https://x.supabase.co', service_role_key: 'a${KEY:-hunter44}', pg_dsn: 'postgresql://u:hunter55@h/db' }",
    ].join("\n"),
  );
  const all = await osiris(dir, "connections", "list");
  assert.equal(all.code, 0, all.stderr);
  assert.doesNotMatch(all.stdout, /hunter/);
  assert.match(
    all.stdout,
    /^@mysql\.shop +\(default\) host=db user=\$\{USER_NAME\} password=\$\{MYSQL_PW\}$/m,
  );
  const { connections } = JSON.parse(
    (await osiris(
      dir,
      "connections",
      "list",
      "--family=mysql",
      "--alias=old",
      "--json",
    )).stdout,
  );
  assert.deepEqual(connections, [
    {
      reference: "@mysql.old",
      default: false,
      fields: {
        host: "db",
        password: "***",
        ssl: { key: "***" },
        note: "uses ***",
      },
    },
  ]);
  const none = await osiris(dir, "connections", "list", "--family=mysq");
  assert.equal(none.code, 2);
  assert.match(none.stderr, /Did you mean "mysql"/);
});

Deno.test("osiris schema is the file beside the examples that editors use", async () => {
  await using dir = await tempDir();
  const { stdout } = await osiris(dir, "schema");
  const kept = await Deno.readTextFile(
    new URL("../../examples/manifest.schema.json", import.meta.url),
  );
  assert.deepEqual(
    JSON.parse(kept),
    JSON.parse(stdout),
    "make it anew: deno run -A cli.ts schema > examples/manifest.schema.json",
  );
});

Deno.test("osiris run on a terminal is refused unless prompts are off", async () => {
  await using dir = await copyJob();
  const onTerminal = (
    flags: readonly string[],
    env = {},
  ): Promise<CommandResult> => {
    const words = [
      Deno.execPath(),
      "run",
      "--unstable-worker-options",
      ...flags,
      cli,
      "run",
      "m.yaml",
    ];
    return command(
      "sh",
      ["-c", 'script -qec "$0" /dev/null', words.join(" ")],
      { cwd: dir.path, env },
    );
  };
  for (const flags of [["-A"], ["--allow-read", "--allow-write"]]) {
    const { code, stdout } = await onTerminal(flags);
    assert.equal(code, 2, stdout);
    assert.match(stdout, /--no-prompt/);
    assert.equal((await onTerminal([...flags, "--no-prompt"])).code, 0);
  }
  assert.equal((await onTerminal(["-A"], { DENO_NO_PROMPT: "1" })).code, 0);
});

Deno.test("osiris run --resume last goes on after what was done", async () => {
  await using dir = await copyJob();
  await dir.write("bad.csv", "a,b\n1\n");
  const step = (id: string, path: string) => ({
    id,
    driver: "filesystem.csv_extractor",
    config: { path },
  });
  const save = (id: string, from: string) => ({
    id,
    driver: "filesystem.csv_writer",
    config: { path: `${id}.csv` },
    inputs: { df: `\${${from}}` },
  });
  const steps = [
    step("one", "in.csv"),
    save("w1", "one"),
    step("two", "bad.csv"),
    save("w2", "two"),
  ];
  await dir.write("m.json", JSON.stringify({ steps }));
  assert.equal((await osiris(dir, "run", "m.json", "-q")).code, 1);
  await dir.write("bad.csv", "a,b\n1,2\n");
  const resumed = await osiris(
    dir,
    "run",
    "m.json",
    "--resume",
    "last",
    "--json",
  );
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.doesNotMatch(resumed.stderr, /^one /m);
  assert.equal(await Deno.readTextFile(dir.file("w2.csv")), "a,b\n1,2\n");
  const again = await osiris(dir, "run", "m.json", "--resume=nope");
  assert.equal(again.code, 2);
});

Deno.test("osiris connections list takes one by its reference, and says when there is none", async () => {
  await using dir = await tempDir();
  const path = await dir.write(
    "osiris_connections.yaml",
    "connections: { mysql: { shop: { host: db }, old: { host: db } } }",
  );
  const one = await osiris(dir, "connections", "list", "@mysql.old");
  assert.equal(one.stdout, "@mysql.old  host=db\n");
  const wrong = await osiris(dir, "connections", "list", "@mysql.odl");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /Did you mean "@mysql\.old"/);
  await dir.write("osiris_connections.yaml", "connections: {}");
  const none = await osiris(dir, "connections", "list");
  assert.deepEqual([none.code, none.stdout, none.stderr], [
    0,
    "",
    `there are no connections in ${path}\n`,
  ]);
});
