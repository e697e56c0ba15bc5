/**
 * A run's host as a process of its own, with all permissions, so that nothing
 * but the sandbox stands between an attempt and its aim: makes one attempt
 * after the other and writes down what came of each.
 *
 * Arguments: the order as JSON. Standard output must stay empty but for the
 * marks that tell the attempts apart.
 *
 * @module
 */
import { join } from "node:path";
import { run } from "../../mod.ts";
import { failedExitCode, refusedExitCode } from "../../src/cli/failure.ts";
import { OsirisError } from "../../src/error.ts";
import type { RunResult } from "../../src/run/result.ts";
import type { Attempt, Level } from "./attempt.ts";
import { layBait } from "./bait.ts";
import { attempts } from "./catalogue.ts";
import type { Bait } from "./drivers/kit/attempt.ts";
import { intactness } from "./intact.ts";
import { manifestOf } from "./manifest.ts";

/** What a host is told. */
export interface Order {
  readonly folder: string;
  readonly level: Level;
  readonly canary: string;
  readonly port: number;
  readonly countPort: number;
  readonly names: readonly string[];
}

/** What came of an attempt. */
export interface Report {
  readonly name: string;
  readonly status: string;
  readonly code: string | null;
  readonly message: string;
  /** What the command line would end with. */
  readonly exit: number;
  /** What its table says. */
  readonly loot: string | null;
  /** Files in which the run has left the canary. */
  readonly leaks: readonly string[];
  readonly calls: number;
  /** What of the host is not as it was. */
  readonly broken: readonly string[];
  readonly stuck: readonly string[];
  readonly lastEvent: string | null;
  readonly ms: number;
}

/** Before each attempt, on both streams. */
export const MARK = "== ";

async function main(order: Order): Promise<number> {
  const bait = layBait(order.folder, order.canary, order.port);
  const check = intactness(bait, order.canary);
  let exit = 0;
  for (const name of order.names) {
    const attempt = attempts.find((one) => one.name === name)!;
    for (const stream of [Deno.stdout, Deno.stderr]) {
      stream.writeSync(new TextEncoder().encode(`${MARK}${name}\n`));
    }
    const report = await make(attempt, order, bait, check);
    exit = report.exit;
    Deno.writeTextFileSync(
      join(order.folder, "reports.jsonl"),
      JSON.stringify(report) + "\n",
      { append: true },
    );
  }
  return exit;
}

async function make(
  attempt: Attempt,
  { folder, level, canary, countPort }: Order,
  bait: Bait,
  check: () => string[],
): Promise<Report> {
  const cwd = join(folder, attempt.name);
  Deno.mkdirSync(cwd);
  await putFiles(attempt, cwd, canary);
  const called = await callsSoFar(countPort);
  const started = performance.now();
  const ended = await runIt(attempt, cwd, level, bait);
  const error = ended.error ?? null;
  return {
    name: attempt.name,
    status: ended.status,
    code: error?.code ?? null,
    message: error?.message ?? "",
    exit: ended.exit,
    loot: readOrNull(join(cwd, "loot.csv")),
    leaks: filesBelow(cwd).filter((path) =>
      !GIVEN.includes(path) && isIn(join(cwd, path), canary)
    ),
    calls: await callsSoFar(countPort) - called,
    broken: check(),
    stuck: ended.stuck,
    lastEvent: ended.runFolder ? lastEventOf(ended.runFolder) : null,
    ms: Math.round(performance.now() - started),
  };
}

interface Ended extends Partial<Pick<RunResult, "error" | "runFolder">> {
  readonly status: string;
  readonly exit: number;
  readonly stuck: readonly string[];
}

async function runIt(
  attempt: Attempt,
  cwd: string,
  isolation: Level,
  bait: Bait,
): Promise<Ended> {
  try {
    const manifest = await manifestOf(attempt, cwd, bait);
    const result = await run(manifest, { cwd, isolation });
    return { ...result, exit: result.error ? failedExitCode(result.error) : 0 };
  } catch (thrown) {
    if (!(thrown instanceof OsirisError)) throw thrown;
    const exit = refusedExitCode(thrown);
    return { status: "refused", error: thrown, exit, stuck: [] };
  }
}

/** Files that hold the canary because it was put there. */
const GIVEN = ["osiris_connections.yaml", ".env"];

async function putFiles(
  { files }: Attempt,
  cwd: string,
  canary: string,
): Promise<void> {
  const given = {
    "osiris_connections.yaml":
      `connections: { escape: { other: { password: ${canary} } } }\n`,
    ".env": `ESCAPE_DOTENV=${canary}\n`,
  };
  for (
    const [name, content] of Object.entries({ ...given, ...await files?.() })
  ) {
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    Deno.writeFileSync(join(cwd, name), bytes);
  }
}

async function callsSoFar(countPort: number): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${countPort}/`);
  return Number(await answer.text());
}

function lastEventOf(runFolder: string): string | null {
  const text = readOrNull(join(runFolder, "events.jsonl"));
  const last = text?.trimEnd().split("\n").at(-1);
  return last ? JSON.parse(last).event : null;
}

function readOrNull(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function isIn(path: string, canary: string): boolean {
  return readOrNull(path)?.includes(canary) ?? false;
}

function filesBelow(folder: string, below = ""): string[] {
  return [...Deno.readDirSync(join(folder, below))].flatMap((entry) =>
    entry.isDirectory
      ? filesBelow(folder, join(below, entry.name))
      : [join(below, entry.name)]
  );
}

// As the command line does: whatever threads are still busy.
if (import.meta.main) Deno.exit(await main(JSON.parse(Deno.args[0])));
