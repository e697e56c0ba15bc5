/**
 * Holds the line that `plan` prints to its word.
 *
 * @module
 */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { type CommandResult, deno } from "./command.ts";
import type { TempDir } from "./temp.ts";

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
    if (kind === "run") continue; // the audit leaves it out
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

/**
 * Asserts that the planned command of a manifest suffices, that every item of
 * it is asked for, and that without any of them the run is refused as a matter
 * of permissions.
 */
export async function assertMinimal(
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
