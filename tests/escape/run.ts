/**
 * Makes all attempts of the catalogue, at each level, and says what came of them.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandOk, deno } from "../kit/command.ts";
import { type Attempt, type Level, LEVELS, type Outcome } from "./attempt.ts";
import { openTrap, VARIABLE } from "./bait.ts";
import { attempts } from "./catalogue.ts";
import { NOTHING } from "./drivers/kit/attempt.ts";
import { MARK, type Order, type Report } from "./host.ts";

/** What came of an attempt. */
export interface Seen {
  readonly outcome: Outcome;
  /** In words, for when it is not what was expected. */
  readonly why: string;
  /** Null when the host died. */
  readonly report: Report | null;
  /** What the host wrote on both streams meanwhile. */
  readonly output: string;
  /** The exit code of a host of its own; null if it shared one. */
  readonly exit: number | null;
}

/** What came of each attempt by its name. */
export type SeenByName = ReadonlyMap<string, Seen>;

/** Attempts that are made in one host. */
type Batch = readonly [Level, readonly Attempt[]];

/** Attempts that share a host: its start costs as much as a few of them. */
const SHARED = 30;

/** Makes all attempts, two hosts at a time. */
export async function runCatalogue(
  folder: string,
): Promise<Record<Level, SeenByName>> {
  const info = await commandOk(Deno.execPath(), ["info", "--json"]);
  const cache = { DENO_DIR: JSON.parse(info).denoDir };
  const batches = [...LEVELS].flatMap(batchesOf);
  const seen = { worker: new Map(), process: new Map() };
  const work = async (): Promise<void> => {
    for (let next = batches.shift(); next; next = batches.shift()) {
      const [level, made] = next;
      const found = await runBatch(folder, cache, level, made);
      for (const [name, one] of found) seen[level].set(name, one);
    }
  };
  await Promise.all([work(), work()]);
  return seen;
}

/** Long ones first, so that none is waited for at the end. */
function batchesOf(level: Level): Batch[] {
  const isAlone = (one: Attempt): boolean =>
    one[level] === "dies" || (level === "worker" && one.isAlone === true);
  const shared = attempts.filter((one) => !isAlone(one)).reverse();
  const batches: Batch[] = [];
  for (let at = 0; at < shared.length; at += SHARED) {
    batches.push([level, shared.slice(at, at + SHARED)]);
  }
  return [
    ...batches,
    ...attempts.filter(isAlone).map((one): Batch => [level, [one]]),
  ];
}

let hosts = 0;

async function runBatch(
  root: string,
  cache: Record<string, string>,
  level: Level,
  made: readonly Attempt[],
): Promise<SeenByName> {
  await using trap = openTrap();
  const folder = join(root, `host-${++hosts}`);
  await Deno.mkdir(folder);
  // Packages of this scope come from nowhere but the trap.
  await Deno.writeTextFile(
    join(folder, ".npmrc"),
    `@escape:registry=http://127.0.0.1:${trap.port}/\n`,
  );
  const canary = `canary-${crypto.randomUUID()}`;
  const order: Order = {
    folder,
    level,
    canary,
    port: trap.port,
    countPort: trap.countPort,
    names: made.map(({ name }) => name),
  };
  const { code, stdout, stderr } = await deno([
    "run",
    "-A",
    "--no-prompt",
    "--no-check",
    "--no-lock",
    "--v8-flags=--max-old-space-size=400",
    fileURLToPath(new URL("host.ts", import.meta.url)),
    JSON.stringify(order),
  ], {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { ...cache, HOME: folder, [VARIABLE]: canary },
    timeoutMs: 120_000,
  });
  const output = [split(stdout), split(stderr)];
  const reports = await readReports(folder);
  return new Map(made.map((attempt) => {
    const text = output.map((one) => one.get(attempt.name) ?? "").join("");
    const report = reports.get(attempt.name) ?? null;
    const exit = made.length === 1 ? code : null;
    return [attempt.name, judge(report, text, canary, exit)];
  }));
}

/** What was written after the mark of each attempt. */
function split(text: string): Map<string, string> {
  return new Map(
    text.split(MARK).slice(1).map((part) => {
      const [name, ...rest] = part.split("\n");
      return [name, rest.join("\n")];
    }),
  );
}

async function readReports(folder: string): Promise<Map<string, Report>> {
  const text = await Deno.readTextFile(join(folder, "reports.jsonl"))
    .catch(() => "");
  const reports: Report[] = text.split("\n").filter(Boolean).map((line) =>
    JSON.parse(line)
  );
  return new Map(reports.map((report) => [report.name, report]));
}

function judge(
  report: Report | null,
  output: string,
  canary: string,
  exit: number | null,
): Seen {
  if (report === null) {
    const why = `the host ended: ${exit}: ${output.slice(0, 200)}`;
    return { outcome: "dies", why, report, output, exit };
  }
  const { code, message, leaks, calls, broken, loot } = report;
  const gain = [
    ...leaks.map((path) => `${path} holds the canary`),
    ...(output.includes(canary) ? ["the canary was written out"] : []),
    ...(calls > 0 ? [`${calls} calls`] : []),
    ...broken.map((what) => `changed: ${what}`),
    ...(code === null && loot !== `loot\n${NOTHING}\n`
      ? [`it got ${loot}`]
      : []),
  ];
  const outcome = gain.length > 0 ? "open" : code ?? "harmless";
  const why = [...gain, message, output].join("; ").slice(0, 300);
  return { outcome: outcome as Outcome, why, report, output, exit };
}
