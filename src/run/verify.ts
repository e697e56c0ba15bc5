/**
 * Asks the targets of steps that were cut off while they made their changes
 * final whether these are there, so that nobody has to look.
 *
 * @module
 */
import { toOsirisError } from "../error.ts";
import { placeholders } from "../host/fetch_broker.ts";
import { runSession, type SessionHooks } from "../host/session.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import type { Task } from "../protocol.ts";
import type { CheckpointData } from "./checkpoint.ts";
import type { Journal } from "./journal.ts";
import { openSandbox } from "./sandboxes.ts";

/** Whether the changes of steps are there, by step. */
export type Verdicts = Readonly<Record<string, boolean>>;

/** What the targets say. */
export interface Answers {
  readonly verdicts: Verdicts;
  /** Why nothing is known of a step whose target was asked. */
  readonly unknown: Readonly<Record<string, string>>;
}

/** Longest time that a target may take to answer, in milliseconds. */
const ANSWER_MS = 60_000;

/**
 * Asks for each step that has left a token, but those whose verdict is known
 * and those that commit in parts, which find out for themselves.
 * A target that does not answer is no failure: the step stays in doubt.
 */
export async function askTargets(
  plan: Plan,
  { committing, tokens = {}, parts = {} }: CheckpointData,
  known: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Answers> {
  const verdicts: Record<string, boolean> = {};
  const unknown: Record<string, string> = {};
  for (const id of committing) {
    if (known.includes(id) || !(id in tokens) || id in parts) continue;
    try {
      const task: Task = { kind: "committed", token: tokens[id] };
      const answer = await perform(task, stepOf(plan, id), plan, signal);
      if (typeof answer === "boolean") verdicts[id] = answer;
      else unknown[id] = "its target can't tell";
    } catch (thrown) {
      signal?.throwIfAborted();
      unknown[id] = toOsirisError(thrown, "step/failed", "ask").message;
    }
  }
  return { verdicts, unknown };
}

/** Has the targets forget what was asked after. What fails is told; it costs a row that lies about. */
export async function forgetCommits(
  plan: Plan,
  tokens: Readonly<Record<string, string>>,
  journal: Journal,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [id, token] of Object.entries(tokens)) {
    try {
      await perform({ kind: "forget", token }, stepOf(plan, id), plan, signal);
    } catch (thrown) {
      const { message } = toOsirisError(thrown, "step/failed", "forget");
      journal.emit("log", { "step_id": id, level: "info", message });
    }
  }
}

function stepOf({ steps }: Plan, id: string): PlannedStep {
  return steps.find((step) => step.id === id)!;
}

/** Has a step's driver answer from inside the same sandbox as the step would have. */
async function perform(
  task: Task,
  planned: PlannedStep,
  plan: Plan,
  signal: AbortSignal = new AbortController().signal,
): Promise<unknown> {
  const { driver, connection, step } = planned;
  const brokered = connection?.fields.direct_secret === true
    ? []
    : driver.spec.capabilities?.brokeredSecrets ?? [];
  const { fields, secrets } = placeholders(connection?.fields ?? {}, brokered);
  const deadlines = {
    ...plan.manifest.deadlines,
    ...step.deadlines,
    stepMs: ANSWER_MS,
  };
  const premises = { plan, warm: new Map(), journal: { emit() {} } };
  const sandbox = openSandbox(planned, premises);
  try {
    const { result } = await runSession(sandbox, {
      start: {
        task,
        step: planned.id,
        module: driver.origin.kind === "module" ? driver.origin.url : null,
        config: planned.config,
        connection: connection && fields,
        values: planned.values,
        inputs: {},
        isDeepCheck: false,
        output: null,
        sources: {},
        sampleRows: null,
        state: null,
        deadlines,
      },
      sources: {},
      targets: {},
      hosts: planned.permissions.net,
      secrets,
      deadlines,
      signal,
      hooks: UNHEARD,
    });
    return result;
  } finally {
    await sandbox.stop();
  }
}

const UNHEARD: SessionHooks = {
  log() {},
  emit() {},
  measure() {},
  progress() {},
};
