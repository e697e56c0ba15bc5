/**
 * What each step of a run was granted, what it used, and what it was denied.
 *
 * What the main process opened in a step's stead is in the run's events. What
 * the step's own thread did is told by Deno alone, when it is started with
 * `DENO_AUDIT_PERMISSIONS=FILE`: it then writes down each check with its time
 * and item, though not its thread. A check counts for the steps that were
 * running at that second and were granted the item: what a step used is at most
 * what is told here, since the main process looks at paths too. Of a step in a
 * process of its own nothing is known: its checks are not in that file.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { OsirisError } from "../error.ts";
import type { RunEvent } from "../event.ts";

/** Kinds of permission that a step may hold. */
export type AuditKind = "net" | "read" | "write" | "import";

/** Items by kind. */
export type AuditItems = Readonly<Record<AuditKind, readonly string[]>>;

/** One step of a run under audit. */
export interface StepAudit {
  /** Id of the step. */
  readonly step: string;
  /** Name of its driver, as the run's events have it. */
  readonly driver: string;
  /** SHA-256 of a driver that is a module. */
  readonly sha256: string | null;
  /** Where it ran: `worker`, `process` or `inline`; null when its events don't say. */
  readonly isolation: string | null;
  /** What its sandbox was granted. */
  readonly granted: AuditItems;
  /** Files that the main process was to open for it. */
  readonly reads: readonly string[];
  /** Files that the main process was to put in place for it. */
  readonly writes: readonly string[];
  /** Files that were put in place. */
  readonly written: readonly string[];
  /** Granted items that were asked for; null when no checks of it are known. */
  readonly used: AuditItems | null;
  /** What it was refused, in the words of Deno. */
  readonly denied: readonly string[];
}

/** A check as Deno writes it down. */
export interface PermissionCheck {
  /** Milliseconds since 1970; Deno writes whole seconds. */
  readonly time: number;
  /** Kind of permission as Deno names it: `net`, `read`, `env`, … */
  readonly kind: string;
  /** `host:port` or a path. */
  readonly item: string;
}

const KINDS: readonly AuditKind[] = ["net", "read", "write", "import"];

/**
 * Audits the steps of a run.
 *
 * @param checks What Deno wrote down; null when it did not.
 */
export function auditRun(
  events: readonly RunEvent[],
  checks: readonly PermissionCheck[] | null,
): StepAudit[] {
  const of = (step: unknown, name: string): RunEvent[] =>
    events.filter((one) => one.event === name && one.step_id === step);
  const started = events.filter(({ event }) => event === "step_start");
  const last = new Map(started.map((event) => [String(event.step_id), event]));
  return [...last].map(([step, start]): StepAudit => {
    const granted = itemsOf(start.permissions);
    const ends = [...of(step, "step_complete"), ...of(step, "step_failed")];
    const from = Math.min(...of(step, "step_start").map(timeOf));
    const to = ends.length === 0 ? Infinity : Math.max(...ends.map(timeOf));
    return {
      step,
      driver: String(start.driver),
      sha256: textOrNull(start.sha256),
      isolation: textOrNull(start.isolation),
      granted,
      reads: texts(start.reads),
      writes: texts(start.writes),
      written: of(step, "step_complete").flatMap(({ files }) =>
        (Array.isArray(files) ? files : []).map((file) =>
          String((file as { path?: unknown }).path)
        )
      ),
      used: checks === null || start.isolation === "process"
        ? null
        : usedOf(granted, checks, from, to),
      denied: of(step, "permission_denied").map(({ error }) => String(error)),
    };
  });
}

/**
 * Reads what Deno wrote to the file of `DENO_AUDIT_PERMISSIONS`.
 *
 * @throws {OsirisError} `usage/invalid` when it is something else
 */
export function parseChecks(text: string, path: string): PermissionCheck[] {
  return text.split("\n").filter((line) => line !== "").flatMap(
    (line, index) => {
      try {
        const { datetime, permission, value } = JSON.parse(line);
        const time = Date.parse(datetime);
        if (typeof permission !== "string" || Number.isNaN(time)) {
          throw new Error();
        }
        return typeof value === "string"
          ? [{ time, kind: permission, item: normalItem(permission, value) }]
          : [];
      } catch {
        throw new OsirisError(
          "usage/invalid",
          `Cannot read permission checks: ${path}: line ${index + 1} is none`,
          {
            hint:
              "Name the file that DENO_AUDIT_PERMISSIONS named during the run",
          },
        );
      }
    },
  );
}

function normalItem(kind: string, value: string): string {
  if (!/^[a-z]+:\/\//i.test(value) || !URL.canParse(value)) return value;
  const url = new URL(value);
  if (url.protocol === "file:") return fileURLToPath(url);
  if (kind !== "net" && kind !== "import") return value;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return `${url.hostname}:${port}`;
}

function usedOf(
  granted: AuditItems,
  checks: readonly PermissionCheck[],
  from: number,
  to: number,
): AuditItems {
  const second = 1000; // checks are dated by whole seconds
  const during = checks.filter(({ time }) =>
    time + second > from && time <= to
  );
  return mapKinds((kind) =>
    granted[kind].filter((item) =>
      during.some((check) => check.kind === kind && covers(item, check.item))
    )
  );
}

function covers(granted: string, asked: string): boolean {
  return asked === granted || asked.startsWith(`${granted}/`) ||
    asked.startsWith(`${granted}:`);
}

function itemsOf(permissions: unknown): AuditItems {
  const written = (permissions ?? {}) as Record<string, unknown>;
  return mapKinds((kind) => texts(written[kind]));
}

function mapKinds(items: (kind: AuditKind) => string[]): AuditItems {
  return Object.fromEntries(
    KINDS.map((kind) => [kind, items(kind)]),
  ) as unknown as AuditItems;
}

function texts(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((item) => typeof item === "string")
    : [];
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function timeOf({ ts }: RunEvent): number {
  return Date.parse(ts);
}
