/**
 * The line that `plan` prints suffices, and nothing in it can be left out.
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type CommandResult, deno } from "../kit/command.ts";
import { type TempDir, tempDir } from "../kit/temp.ts";

/** Starts a command as `plan` words it. */
function start(
  dir: TempDir,
  [program, ...args]: readonly string[],
  env: Record<string, string> = {},
): Promise<CommandResult> {
  assert.equal(program, "deno");
  return deno(args, { cwd: dir.path, env });
}

const cli = new URL("../../cli.ts", import.meta.url).pathname;

async function plannedCommand(
  dir: TempDir,
  args: readonly string[],
  env = {},
): Promise<string[]> {
  const flags = [
    "--no-prompt",
    "--unstable-worker-options",
    "--allow-read",
    "--allow-env",
  ];
  const { code, stdout, stderr } = await start(dir, [
    "deno",
    "run",
    ...flags,
    cli,
    "plan",
    "--json",
    ...args,
  ], env);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).command;
}

/** Every command that has one item of one permission less. */
function* withoutOneItem(
  words: readonly string[],
): Generator<{ words: string[]; left: string }> {
  for (const [index, word] of words.entries()) {
    const [, kind, items] = word.match(/^(--allow-\w+)=(.*)$/) ?? [];
    if (kind === undefined) continue;
    for (const item of items.split(",")) {
      const kept = items.split(",").filter((other) => other !== item);
      const flag = kept.length === 0 ? [] : [`${kind}=${kept.join(",")}`];
      yield {
        words: words.toSpliced(index, 1, ...flag),
        left: `${kind}=${item}`,
      };
    }
  }
}

/** Fails for an item that no check of Deno's asked for, itself or something below it. */
async function assertAllUsed(
  dir: TempDir,
  words: readonly string[],
  audit: string,
): Promise<void> {
  const asked = (await Deno.readTextFile(audit)).trim().split("\n")
    .map((line) => JSON.parse(line) as { permission: string; value: string });
  for (const { kind, item } of items(words)) {
    const isPath = kind === "read" || kind === "write";
    const whole = isPath ? resolve(dir.path, item) : item;
    const isUsed = asked.some(({ permission, value }) =>
      permission === kind &&
      (value === whole || (isPath && value.startsWith(`${whole}/`)))
    );
    assert.ok(isUsed, `--allow-${kind}=${item} is not used`);
  }
}

function* items(
  words: readonly string[],
): Generator<{ kind: string; item: string }> {
  for (const word of words) {
    const [, kind, list] = word.match(/^--allow-(\w+)=(.*)$/) ?? [];
    for (const item of list?.split(",") ?? []) yield { kind, item };
  }
}

async function assertMinimal(
  dir: TempDir,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const clean = async (): Promise<void> => {
    for (const name of ["out", "run_logs", ".osiris"]) {
      await Deno.remove(dir.file(name), { recursive: true }).catch(() => {});
    }
  };
  await clean();
  const words = await plannedCommand(dir, args, env);
  const audit = dir.file("audit.jsonl");
  const whole = await start(dir, words, {
    ...env,
    DENO_AUDIT_PERMISSIONS: audit,
  });
  assert.equal(whole.code, 0, `${words.join(" ")}\n${whole.stderr}`);
  await assertAllUsed(dir, words, audit);
  for (const { words: fewer, left } of withoutOneItem(words)) {
    await clean();
    const outcome = await start(dir, fewer, env);
    // Mostly 3; but without `.env` a variable is not set, which is a 2.
    const isRefused = outcome.code === 3 ||
      (left.endsWith(".env") && outcome.code === 2);
    assert.ok(
      isRefused,
      `${outcome.code} without ${left}: ${outcome.stdout}${outcome.stderr}`,
    );
  }
  // Afterwards the folders are there and a second run needs less.
  await clean();
  assert.equal((await start(dir, words, env)).code, 0);
  const again = await plannedCommand(dir, args, env);
  assert.equal((await start(dir, again, env)).code, 0);
}

const steps = (source: object, target: string) => [
  { id: "read", driver: "filesystem.csv_extractor", config: source },
  {
    id: "sort",
    driver: "arquero.transform",
    inputs: { df: "${read}" },
    config: { verbs: [{ orderby: ["b"] }] },
  },
  {
    id: "write",
    driver: "filesystem.csv_writer",
    inputs: { df: "${sort}" },
    config: { path: target },
  },
];

Deno.test("the command of a plan suffices, and not without any part of it", async () => {
  await using dir = await tempDir();
  await dir.write("in/a.csv", "a,b\n1,2\n3,1\n");
  await dir.write(
    "m.json",
    JSON.stringify({ steps: steps({ path: "in/a.csv" }, "out/b.csv") }),
  );
  await assertMinimal(dir, ["m.json"]);
  assert.equal(
    await Deno.readTextFile(dir.file("out/b.csv")),
    "a,b\n3,1\n1,2\n",
  );
});

Deno.test("the command of a plan with connections and variables suffices and is minimal", async () => {
  await using dir = await tempDir();
  await dir.write("in/a.csv", "a,b\n1,2\n3,1\n");
  await dir.write(
    "osiris_connections.yaml",
    "connections: { filesystem: { x: { base_dir: '${OSIRIS_TEST_DIR}' } } }",
  );
  const source = { path: "a.csv", connection: "@filesystem.x" };
  await dir.write(
    "m.json",
    JSON.stringify({ steps: steps(source, "out/b.csv") }),
  );
  await assertMinimal(dir, ["m.json", "--out=out/logs"], {
    OSIRIS_TEST_DIR: "in",
  });
  await dir.write(".env", "OSIRIS_TEST_DIR=in");
  await assertMinimal(dir, ["m.json"]);
});
