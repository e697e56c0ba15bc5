/**
 * `osiris connections doctor`.
 *
 * @module
 */
import { drivers, OsirisError, probe, type ProbeReport } from "../../mod.ts";
import type { CommandAction } from "./command.ts";
import { errorJson } from "./failure.ts";
import { printJson } from "./json.ts";
import { knownConnections } from "./known_connections.ts";
import { printable } from "./terminal.ts";

/** More failures than an exit code below those of signals can tell. */
const MOST_FAILURES = 100;

/** What came of a connection. */
interface Finding {
  readonly reference: string;
  readonly status: "ok" | "failed" | "skipped";
  readonly latencyMs?: number;
  readonly report?: ProbeReport;
  readonly error?: OsirisError;
}

/** Tries connections one after another; the exit code is how many failed. */
export const action: CommandAction = async ({ args, terminal }) => {
  const { connections } = await knownConnections(args, terminal);
  const findings: Finding[] = [];
  for (const { reference, family } of connections) {
    const finding = await examine(reference, family, {
      connections: args.text("connections"),
      envFile: args.text("env-file"),
    });
    findings.push(finding);
    if (!args.has("json")) terminal.out(printable(describe(finding)));
  }
  if (args.has("json")) {
    printJson(
      terminal,
      findings.map(({ reference, status, latencyMs, report, error }) => ({
        reference,
        status,
        latency_ms: latencyMs,
        ...report,
        ...(error && { error: errorJson(error) }),
      })),
    );
  }
  return Math.min(
    findings.filter(({ status }) => status === "failed").length,
    MOST_FAILURES,
  );
};

async function examine(
  reference: string,
  family: string,
  { connections, envFile }: {
    readonly connections?: string;
    readonly envFile?: string;
  },
): Promise<Finding> {
  const isKnown = [...drivers.values()].some(({ spec }) =>
    spec.connection?.family === family && spec.capabilities?.probe === true
  );
  if (!isKnown) return { reference, status: "skipped" };
  const started = performance.now();
  try {
    const report = await probe(reference, {
      ...(connections !== undefined && { connections }),
      ...(envFile !== undefined && { envFile }),
    });
    return {
      reference,
      status: "ok",
      latencyMs: Math.round(performance.now() - started),
      report,
    };
  } catch (error) {
    if (error instanceof OsirisError) {
      return { reference, status: "failed", error };
    }
    throw error;
  }
}

function describe(
  { reference, status, latencyMs, report, error }: Finding,
): string {
  if (status === "skipped") {
    return `${reference}  skipped: no driver of this family can try it\n`;
  }
  if (error !== undefined) {
    const hint = error.hint === undefined ? "" : `\n  hint: ${error.hint}`;
    return `${reference}  failed: ${error.code}\n  ${error.message}${hint}\n`;
  }
  const { facts = {}, warnings = [] } = report ?? {};
  return [
    `${reference}  ok, ${latencyMs} ms\n`,
    ...Object.entries(facts).map(([fact, value]) => `  ${fact}: ${value}\n`),
    ...warnings.map((text) => `  warning: ${text}\n`),
  ].join("");
}
