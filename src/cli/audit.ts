/**
 * `osiris audit`.
 *
 * @module
 */
import {
  type AuditItems,
  type AuditKind,
  auditRun,
  parseChecks,
  showRun,
  type StepAudit,
} from "../../mod.ts";
import { fileError } from "../host/file_error.ts";
import type { CommandAction } from "./command.ts";
import { printJson } from "./json.ts";
import { columns, printable } from "./terminal.ts";

const KINDS: readonly AuditKind[] = ["net", "read", "write", "import"];

/** Shows what each step of a run was granted, used and denied. */
export const action: CommandAction = ({ args, terminal }) => {
  const { record, events } = showRun(args.positionals[0]);
  const path = args.text("checks");
  const checks = path === undefined ? null : parseChecks(read(path), path);
  const steps = auditRun(events, checks);
  if (args.has("json")) printJson(terminal, { run_id: record.run_id, steps });
  else terminal.out(printable(steps.map(formatStep).join("\n")));
  return Promise.resolve(0);
};

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    throw fileError(thrown, "read", path);
  }
}

function formatStep(audit: StepAudit): string {
  const { step, driver, sha256, granted, used, denied } = audit;
  const rows = [
    ...listed("granted", lines(granted)),
    ...listed("", audit.reads.map((path) => `reads ${path}, opened for it`)),
    ...listed("", audit.writes.map((path) => `writes ${path}, opened for it`)),
    ...listed("used, at most", used === null ? ["not known"] : lines(used)),
    ...listed("", audit.written.map((path) => `wrote ${path}`)),
    ...listed("denied", denied.length === 0 ? ["nothing"] : denied),
  ];
  const code = sha256 === null ? "" : `  sha256 ${sha256}`;
  return `${step}  ${driver}${code}\n${columns(rows)}`;
}

function lines(items: AuditItems): string[] {
  const all = KINDS.flatMap((kind) =>
    items[kind].map((item) => `${kind} ${item}`)
  );
  return all.length === 0 ? ["nothing"] : all;
}

function listed(label: string, texts: readonly string[]): string[][] {
  return texts.map((text, index) => [`  ${index === 0 ? label : ""}`, text]);
}
