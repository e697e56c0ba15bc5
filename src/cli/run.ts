/**
 * `osiris run`.
 *
 * @module
 */
import { relative } from "node:path";
import { run, type RunResult } from "../../mod.ts";
import { mayPrompt } from "../prompts.ts";
import { countOf, formatDuration, formatSize } from "../units.ts";
import type { CommandAction } from "./command.ts";
import { errorJson, failedExitCode, tellError } from "./failure.ts";
import { listenForInterrupts } from "./interrupt.ts";
import { printJson } from "./json.ts";
import { type Arguments, usageError } from "./options.ts";
import { createReporter, type Loudness } from "./reporter.ts";
import { runOptions } from "./run_options.ts";
import { columns, printable } from "./terminal.ts";

/** Runs a manifest; the exit code says how it went. */
export const action: CommandAction = async ({ args, terminal, name }) => {
  const options = runOptions(args, name);
  const loudness = loudnessOf(args, name);
  if (await mayPrompt()) {
    throw usageError(
      "Deno may ask on this terminal for what a step was not granted",
      "Start it with deno run --no-prompt, set DENO_NO_PROMPT=1, or add </dev/null",
      name,
    );
  }
  using interrupts = listenForInterrupts(terminal);
  using reporter = createReporter(terminal, loudness);
  const isDryRun = args.has("dry-run");
  const result = await run(args.positionals[0], {
    ...options,
    dryRun: isDryRun,
    signal: interrupts.signal,
    onEvent: reporter.event,
    onProgress: reporter.progress,
  });
  reporter[Symbol.dispose]();
  if (args.has("json")) printJson(terminal, resultJson(result));
  else terminal.out(resultText(result, isDryRun));
  if (result.error === undefined) return 0;
  tellError(terminal, result.error);
  if (result.status === "interrupted") return interrupts.exitCode ?? 130;
  return failedExitCode(result.error);
};

function loudnessOf(args: Arguments, command: string): Loudness {
  if (!args.has("quiet")) return args.has("verbose") ? "verbose" : "normal";
  if (args.has("verbose")) {
    throw usageError(
      "--quiet and --verbose exclude each other",
      "Give one of them",
      command,
    );
  }
  return "quiet";
}

/** A result for other programs. */
function resultJson(result: RunResult): Record<string, unknown> {
  return {
    status: result.status,
    run_id: result.runId,
    run_folder: result.runFolder,
    steps_completed: result.stepsCompleted,
    steps_total: result.stepsTotal,
    total_rows: result.totalRows,
    duration_ms: result.durationMs,
    peak_rss_bytes: result.peakRssBytes,
    artifacts: result.artifacts,
    unsandboxed: result.unsandboxed,
    ...(result.error && { error: errorJson(result.error) }),
  };
}

/** A result for people. */
function resultText(result: RunResult, isDryRun: boolean): string {
  const {
    status,
    stepsCompleted,
    stepsTotal,
    totalRows,
    durationMs,
    artifacts,
  } = result;
  const steps = stepsCompleted === stepsTotal
    ? countOf(stepsTotal, "step")
    : `${stepsCompleted} of ${stepsTotal} steps`;
  const parts = [
    `${status}: ${steps}, ${countOf(totalRows, "row")} in ${
      formatDuration(durationMs)
    }${isDryRun ? ", dry run: nothing was written" : ""}\n`,
    columns(
      artifacts.map((
        { path, bytes },
      ) => [`  ${shown(path)}`, formatSize(bytes)]),
    ),
    ...(result.unsandboxed.length > 0
      ? [`  not sandboxed: ${result.unsandboxed.join(", ")}\n`]
      : []),
    `  ${shown(result.runFolder)}\n`,
  ];
  return printable(parts.join(""));
}

function shown(path: string): string {
  const below = relative(Deno.cwd(), path);
  return below.startsWith("..") ? path : below;
}
