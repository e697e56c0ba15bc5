/**
 * The context of a running step: what it may say to its run, within the
 * limits that the host sets.
 *
 * @module
 */
import type { Json, StepContext } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import {
  MAX_FACTS,
  MAX_STATE,
  MAX_TEXT,
  MAX_TOKEN,
  ownName,
  type Start,
  type WireResponse,
} from "../protocol.ts";
import type { Questions, Say } from "./ask.ts";
import { notCollected, type Rejects } from "./rejects.ts";
import { brokeredFetch } from "./requests.ts";

/** Makes the context of a step. */
export function stepContext(
  { step, sampleRows, state, committed = null, deadlines }: Start,
  say: Say,
  questions: Questions,
  signal: AbortSignal,
  rejects: Rejects | null,
  moved: () => void,
): StepContext {
  return {
    step,
    signal,
    sampleRows,
    state,
    committed,
    deadlines,
    log: (level, message) => say({ t: "log", level, message: cut(message) }),
    emit(name, facts = {}): void {
      checkName("event", name);
      checkSize(`event "${name}"`, facts, MAX_FACTS);
      say({ t: "emit", name, facts });
    },
    measure(name, value, unit): void {
      checkName("metric", name);
      say({ t: "measure", name, value, unit });
    },
    progress: seldom((rows) => say({ t: "progress", rows })),
    account: (reason, rows) => say({ t: "account", reason, rows }),
    canReject: rejects !== null,
    async reject(row): Promise<void> {
      if (rejects === null) throw notCollected(step, row);
      await rejects.add(row);
    },
    beforeCommit(token, rows): Promise<void> {
      if (token !== undefined) checkToken(token);
      const what = { token: token ?? null, rows: rows ?? null };
      return questions.ask<void>((id) =>
        say({ t: "commit", id, ...what, isOver: false })
      );
    },
    afterCommit: (rows) =>
      questions.ask<void>((id) =>
        say({ t: "commit", id, token: null, rows: rows ?? null, isOver: true })
      ),
    saveState(kept): void {
      checkSize("state", kept, MAX_STATE);
      say({ t: "state", state: kept });
    },
    fetch: brokeredFetch(
      {
        ask(request) {
          let asked = 0;
          const answer = questions.ask<WireResponse>((id) => {
            asked = id;
            say({ t: "fetch", id, request });
          });
          return { answer, abort: () => say({ t: "abort-fetch", id: asked }) };
        },
      },
      signal,
      moved,
    ),
  };
}

/** The longest line that the host takes. */
export function cut(message: string): string {
  const text = String(message);
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
}

function checkName(kind: string, name: string): void {
  if (ownName(name)) return;
  throw new OsirisError(
    "driver/protocol",
    `Cannot name ${kind} "${name}": it is not in snake_case`,
  );
}

function checkToken(token: string): void {
  if (typeof token === "string" && token.length <= MAX_TOKEN) return;
  throw new OsirisError(
    "driver/protocol",
    `Cannot note a commit: its token has more than ${MAX_TOKEN} characters`,
  );
}

function checkSize(what: string, value: Json, atMost: number): void {
  const json = JSON.stringify(
    value ?? null,
    (_, item) => typeof item === "bigint" ? String(item) : item,
  );
  if (json !== undefined && json.length <= atMost) return;
  throw new OsirisError(
    "driver/protocol",
    `Cannot keep ${what}: it has more than ${atMost} characters as JSON`,
  );
}

/** Milliseconds between two reports of progress: nobody reads quicker. */
const PROGRESS_MS = 20;

/** Passes on a number at most that often, the first one always. */
function seldom(pass: (value: number) => void): (value: number) => void {
  let last = -Infinity;
  return (value) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    pass(value);
  };
}
