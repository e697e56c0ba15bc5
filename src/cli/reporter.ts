/**
 * What a running command says on stderr: a line a step, warnings, and on a
 * terminal a line that moves while something takes long.
 *
 * @module
 */
import type { RunEvent } from "../../mod.ts";
import { countOf, formatDuration } from "../units.ts";
import { printable, styled, type Terminal } from "./terminal.ts";

/** How much is said. */
export type Loudness = "quiet" | "normal" | "verbose";

/** Milliseconds before there is a moving line, and between its changes. */
const PATIENCE_MS = 1000;
const INTERVAL_MS = 200;

/** Hears a run and says how it goes. */
export interface Reporter extends Disposable {
  event(event: RunEvent): void;
  progress(step: string, rows: number): void;
}

/** A reporter for a terminal. */
export function createReporter(
  terminal: Terminal,
  loudness: Loudness,
): Reporter {
  const running = new Map<string, { rows: number; readonly since: number }>();
  let isDrawn = false;
  const moves = terminal.isTerminal && loudness === "normal";
  const timer = moves ? setInterval(draw, INTERVAL_MS) : undefined;

  function draw(): void {
    const now = performance.now();
    const slow = [...running].filter(([, { since }]) =>
      now - since >= PATIENCE_MS
    );
    if (slow.length === 0) return;
    const text = slow.map(([step, { rows, since }]) =>
      `${step} ${rows === 0 ? "" : `${countOf(rows, "row")}, `}${
        formatDuration(now - since)
      }`
    ).join(" · ");
    terminal.err(`\r\x1b[K${printable(text).slice(0, terminal.columns - 1)}`);
    isDrawn = true;
  }

  function say(line: string): void {
    terminal.err(`${isDrawn ? "\r\x1b[K" : ""}${line}\n`);
    isDrawn = false;
  }

  return {
    event(event) {
      const step = String(event.step_id ?? "");
      if (event.event === "step_start") {
        running.set(step, { rows: 0, since: performance.now() });
      }
      if (event.event === "step_complete" || event.event === "step_failed") {
        running.delete(step);
      }
      if (loudness === "verbose") {
        say(styled(terminal, "dim", verboseLine(event)));
      } else if (loudness === "normal") lineOf(event, terminal).forEach(say);
    },
    progress(step, rows) {
      const entry = running.get(step);
      if (entry !== undefined) entry.rows = rows;
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      if (isDrawn) terminal.err("\r\x1b[K");
    },
  };
}

/** The line that an event is worth by default, if any. */
function lineOf(event: RunEvent, terminal: Terminal): string[] {
  const step = printable(String(event.step_id ?? ""));
  switch (event.event) {
    case "step_complete": {
      const { rows_processed: rows, duration_ms: duration } = event;
      return [
        `${step}  ${countOf(Number(rows), "row")}  ${
          formatDuration(Number(duration))
        }`,
      ];
    }
    case "step_retry":
      return [
        styled(
          terminal,
          "yellow",
          `${step}  tries again in ${
            formatDuration(Number(event.delay_ms))
          }: ${event.code}`,
        ),
      ];
    case "step_resumed":
      return [
        `${step}  goes on after ${
          countOf(Number(event.rows_committed), "row")
        }`,
      ];
    case "log":
      if (event.level !== "warn" && event.level !== "error") return [];
      return [
        `${step}  ${styled(terminal, "yellow", String(event.level))}: ${
          printable(String(event.message))
        }`,
      ];
    case "memory_spill":
    case "memory_wait":
    case "memory_over":
    case "limit_near":
    case "cleanup_failed":
      return [styled(terminal, "yellow", verboseLine(event))];
    default:
      return [];
  }
}

function verboseLine({ ts, session: _, event, ...facts }: RunEvent): string {
  const shown = Object.entries(facts).map(([name, value]) =>
    `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`
  );
  return [ts, event, ...shown].join(" ").replaceAll("\n", "\\n");
}
