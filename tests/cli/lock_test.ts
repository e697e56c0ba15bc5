// Grants, locks and audits from the command line, with a driver of the user's.
import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type CommandResult, deno } from "../kit/command.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FLAGS = ["run", "--no-prompt", "--unstable-worker-options", "-A"];

function osiris(
  dir: TempDir,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<CommandResult> {
  return deno([...FLAGS, `${ROOT}/cli.ts`, ...args], {
    cwd: dir.path,
    timeoutMs: 30_000,
    env,
  });
}

const driver = (path: string): string => `
import { columnBuilder, defineDriver, types } from "${path}";
export default defineDriver({
  spec: {
    name: "my.reader",
    version: "1.0.0",
    summary: "Counts the letters of a file.",
    mode: "extract",
    config: {
      type: "object",
      additionalProperties: false,
      properties: { path: { type: "string", description: "The file." } },
    },
    inputs: { min: 0, max: 0 },
    output: true,
    needs: { read: ["{config.path}", "extra.txt"] },
  },
  async *run({ config }) {
    const builder = columnBuilder(types.int32);
    builder.appendValue((await Deno.readTextFile(config.path)).length);
    yield {
      schema: { fields: [{ name: "letters", type: types.int32, nullable: false }] },
      length: 1,
      columns: [builder.finish()],
    };
  },
});
`;

async function project(): Promise<TempDir> {
  const dir = await tempDir("lock-");
  await dir.write("words.txt", "seven l");
  await dir.write("my.ts", driver(relative(dir.path, `${ROOT}/driver.ts`)));
  await dir.write(
    "m.yaml",
    [
      "name: letters",
      "steps:",
      "  - { id: count, driver: ./my.ts, config: { path: words.txt } }",
      '  - { id: save, driver: filesystem.csv_writer, config: { path: out.csv }, inputs: { df: "${count}" } }',
    ].join("\n"),
  );
  return dir;
}

const GRANT = "--grant=count:read=extra.txt";

Deno.test("osiris run refuses what was not granted, and names the YAML that grants it", async () => {
  await using dir = await project();
  const { code, stderr } = await osiris(dir, ["run", "m.yaml"]);
  assert.equal(code, 3, stderr);
  assert.match(stderr, /permission\/not-granted/);
  assert.ok(
    stderr.includes(`permissions: { read: ["${dir.file("extra.txt")}"] }`),
    stderr,
  );
  assert.equal((await osiris(dir, ["run", "m.yaml", GRANT])).code, 0);
  assert.equal(await Deno.readTextFile(dir.file("out.csv")), "letters\n7\n");
  const manifest = await Deno.readTextFile(dir.file("m.yaml"));
  await dir.write(
    "m.yaml",
    manifest.replace(
      "words.txt } }",
      "words.txt }, permissions: { read: [extra.txt] } }",
    ),
  );
  const granted = await osiris(dir, ["run", "m.yaml"]);
  assert.equal(granted.code, 0, granted.stderr);
});

Deno.test("osiris run --locked runs what was locked, and refuses each drift", async () => {
  await using dir = await project();
  const run = (...more: string[]) =>
    osiris(dir, ["run", "m.yaml", GRANT, "--locked", ...more]);
  const before = await run();
  assert.equal(before.code, 2);
  assert.match(before.stderr, /run\/drift[\s\S]*no such file/);
  assert.equal((await osiris(dir, ["lock", "m.yaml", GRANT])).code, 0);
  const locked = await run();
  assert.equal(locked.code, 0, locked.stderr);

  const more = await run("--grant=count:net=evil.example:443");
  assert.equal(more.code, 2);
  assert.match(more.stderr, /steps\.count\.net is new: evil\.example:443/);

  const source = await Deno.readTextFile(dir.file("my.ts"));
  await dir.write("my.ts", `${source}// changed`);
  const changed = await run();
  assert.equal(changed.code, 2);
  assert.match(changed.stderr, /steps\.count\.sha256 was [0-9a-f]{64}, is /);
});

Deno.test("osiris plan --diff shows how a plan differs from its lock", async () => {
  await using dir = await project();
  await osiris(dir, ["lock", "m.yaml", GRANT]);
  const same = await osiris(dir, ["plan", "m.yaml", GRANT, "--diff"]);
  assert.match(same.stdout, /It is as .*osiris\.lock\.json has it/);
  const more = [GRANT, "--grant=save:net=a.example:1", "--diff"];
  const other = await osiris(dir, ["plan", "m.yaml", ...more]);
  assert.match(other.stdout, /steps\.save\.net\n {2}\+ a\.example:1/);
  const json = await osiris(dir, ["plan", "m.yaml", ...more, "--json"]);
  assert.deepEqual(JSON.parse(json.stdout).drift, [
    { path: "steps.save.net", locked: null, now: "a.example:1" },
  ]);
});

Deno.test("osiris audit tells what each step was granted, used and denied", async () => {
  await using dir = await project();
  const checks = dir.file("checks.jsonl");
  const idle = "--grant=count:net=idle.example:443";
  const here = "--isolation=worker"; // in this process, whose checks are told
  const args = ["run", "m.yaml", GRANT, idle, here, "--json"];
  const ran = await osiris(dir, args, { DENO_AUDIT_PERMISSIONS: checks });
  assert.equal(ran.code, 0, ran.stderr);
  const { run_id: id } = JSON.parse(ran.stdout);
  const { stdout } = await osiris(dir, [
    "audit",
    id,
    `--checks=${checks}`,
    "--json",
  ]);
  const [count, save] = JSON.parse(stdout).steps;
  assert.deepEqual(count.granted.read, [
    dir.file("extra.txt"),
    dir.file("my.ts"),
    dir.file("words.txt"),
  ]);
  assert.ok(count.used.read.includes(dir.file("words.txt")));
  assert.deepEqual([count.granted.net, count.used.net], [
    ["idle.example:443"],
    [],
  ]);
  assert.match(count.sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(save.written, [dir.file("out.csv")]);
  const text = await osiris(dir, ["audit", id]);
  assert.match(text.stdout, /count {2}my\.reader {2}sha256 /);
  assert.match(text.stdout, /used, at most +not known/);

  const source = await Deno.readTextFile(dir.file("my.ts"));
  await dir.write(
    "my.ts",
    source.replace(
      "const builder",
      "await fetch('http://127.0.0.1:8099/');\n    const builder",
    ),
  );
  const failed = await osiris(dir, ["run", "m.yaml", GRANT, "--json"]);
  assert.equal(failed.code, 3);
  const { run_id: other } = JSON.parse(failed.stdout);
  const denied = await osiris(dir, ["audit", other, "--json"]);
  assert.match(
    JSON.parse(denied.stdout).steps[0].denied[0],
    /net access to "127\.0\.0\.1:8099"/,
  );
});

Deno.test("osiris init driver writes a driver whose test passes at once", async () => {
  await using dir = await tempDir("init-");
  const links = ["cli", "csv", "yaml"].map((name) =>
    relative(dir.path, `${ROOT}/links/${name}`)
  );
  const config = JSON.stringify({ links, fmt: { include: ["*.ts"] } });
  await dir.write("deno.json", config);
  const made = await osiris(dir, ["init", "driver", "weather.extractor"]);
  assert.equal(made.code, 0, made.stderr);
  const command = made.stdout.match(/deno (test .*)\n/)![1];
  const tested = await deno(command.split(" "), {
    cwd: dir.path,
    timeoutMs: 60_000,
  });
  assert.equal(tested.code, 0, tested.stdout + tested.stderr);
  assert.match(tested.stdout, /9 passed \| 0 failed/);
  const again = await osiris(dir, ["init", "driver", "weather.extractor"]);
  assert.equal(again.code, 2);
  const formatted = await deno(["fmt", "--check"], { cwd: dir.path });
  assert.equal(formatted.code, 0, formatted.stderr);
  const linted = await deno(["lint"], { cwd: dir.path });
  assert.equal(linted.code, 0, linted.stderr);
});

Deno.test("osiris plan shows what a manifest holds on lines of its own, as it is", async () => {
  await using dir = await project();
  const path =
    "a\n   sandbox     worker, no permission at all\n\u202egnp.\u200f\u009b31m";
  await dir.write(path, "");
  await dir.write(
    "m.json",
    JSON.stringify({
      version: "1.0.0",
      name: "forged",
      steps: [{
        id: "read",
        driver: "./my.ts",
        config: { path },
        permissions: { read: ["extra.txt"] },
      }],
    }),
  );
  for (const args of [["plan", "m.json"], ["plan", "m.json", "--json"]]) {
    const { code, stdout, stderr } = await osiris(dir, args);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stdout, /^ *sandbox +worker/m);
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]|\p{Cf}/u);
    assert.match(stdout, /\\u202egnp\.\\u200f\\u009b31m/);
    if (args.includes("--json")) {
      const [step] = JSON.parse(stdout).steps;
      assert.ok(
        step.permissions.read.some((one: string) => one.endsWith(path)),
      );
    }
  }
});

Deno.test("osiris run --locked refuses other code under a name of osiris.drivers.yaml", async () => {
  await using dir = await project();
  const named = (path: string): Promise<unknown> =>
    dir.write("osiris.drivers.yaml", `drivers: { my.letters: ./${path} }\n`);
  await dir.write("other.ts", await Deno.readTextFile(dir.file("my.ts")));
  const manifest = await Deno.readTextFile(dir.file("m.yaml"));
  await dir.write("m.yaml", manifest.replace("./my.ts", "my.letters"));
  await named("my.ts");
  assert.equal((await osiris(dir, ["lock", "m.yaml", GRANT])).code, 0);
  await named("other.ts"); // which calls itself the same and has the same hash
  const { code, stderr } = await osiris(dir, [
    "run",
    "m.yaml",
    GRANT,
    "--locked",
  ]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /steps\.\w+\.driver: was \.\/my\.ts, is \.\/other\.ts/);
});
