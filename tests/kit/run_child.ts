/**
 * Runs steps in a process of their own: such as take their process along, and
 * such as are measured, which what other tests leave behind must not disturb.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { deno } from "./command.ts";
import type { TestStep } from "./sandbox.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What the process told of its run. */
export interface ChildReport {
  readonly status: string;
  readonly runFolder: string;
  readonly totalRows: number;
  readonly stuck: readonly string[];
  readonly peakRssBytes: number;
  readonly error?: { readonly code: string; readonly step: string };
}

/** How the process ended. */
export interface ChildEnd {
  readonly code: number;
  readonly report: ChildReport;
  readonly stderr: string;
}

/** Runs steps. @param cwd Folder of the run, the only one that it may write to. */
export async function runChild(
  steps: readonly TestStep[],
  cwd: string,
  manifest: object = {},
): Promise<ChildEnd> {
  const { code, stdout, stderr } = await deno([
    "run",
    "--no-prompt",
    "--no-check",
    `--allow-read=${root}`,
    `--allow-write=${cwd}`,
    fileURLToPath(new URL("./sandbox_child.ts", import.meta.url)),
    cwd,
    JSON.stringify(steps),
    JSON.stringify({ manifest }),
    // On a busy machine the start alone takes seconds.
  ], { cwd: root, timeoutMs: 60_000 });
  assert.notEqual(stdout, "", stderr);
  return { code, report: JSON.parse(stdout), stderr };
}
