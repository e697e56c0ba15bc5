/**
 * Runs the steps of one unit at the same time: starts their sandboxes, joins
 * them by ports, waits for all, checks that no row was lost between them, and
 * puts their files in place.
 *
 * @module
 */
import { BatchReceiver, BatchSender } from "../channel/batches.ts";
import type { StepReport } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import { placeholders } from "../host/fetch_broker.ts";
import { sourceFacts, Target } from "../host/file_broker.ts";
import type { Sandbox } from "../host/sandbox.ts";
import { runSession, type SessionResult } from "../host/session.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { Start } from "../protocol.ts";
import type { RunEnvironment } from "./environment.ts";
import { reconcile } from "./reconcile.ts";
import { openSandbox } from "./sandboxes.ts";
import type { Unit } from "./units.ts";

/** What a step did. */
export interface StepOutcome {
  readonly id: string;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly durationMs: number;
  /** Files it left, absolute. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly state: SessionResult["state"];
}

/** One step of the unit while it runs. */
interface Running {
  readonly planned: PlannedStep;
  readonly sandbox: Sandbox;
  readonly targets: Readonly<Record<string, Target>>;
  readonly startedAt: number;
  inputs: Record<string, MessagePort>;
  output: MessagePort | null;
}

/**
 * Runs a unit.
 *
 * @param keepInputs Whether tables that the unit reads must stay for another attempt.
 * @throws {OsirisError} the failure that came first, with `step` set; nothing of the unit is in place then.
 */
export async function executeUnit(
  unit: Unit,
  environment: RunEnvironment,
  keepInputs: boolean,
): Promise<StepOutcome[]> {
  const controller = new AbortController();
  const signal = AbortSignal.any([controller.signal, environment.signal]);
  const running: Running[] = [];
  const side: Promise<void>[] = [];
  try {
    for (const planned of unit) {
      running.push(await startStep(planned, environment));
    }
    const context = { environment, signal, keepInputs, side };
    running.forEach((step, index) => join(step, running[index + 1], context));
    const sessions = running.map((step) => session(step, environment, signal));
    const failed = firstFailure([...sessions, ...side]);
    failed.then((thrown) => thrown !== undefined && controller.abort(thrown));
    const settled = await Promise.allSettled([...sessions, ...side]);
    const thrown = await failed;
    if (thrown !== undefined) throw thrown;
    const results = settled.slice(0, sessions.length)
      .map((result) => (result as PromiseFulfilledResult<SessionResult>).value);
    reconcile(running.map(({ planned }) => planned), results, environment);
    return await commit(running, results);
  } catch (thrown) {
    controller.abort(thrown);
    throw thrown;
  } finally {
    await clean(running, environment);
  }
}

/** Opens what a step needs: its targets first, since their refusal must come before anything runs. */
async function startStep(
  planned: PlannedStep,
  environment: RunEnvironment,
): Promise<Running> {
  const targets: Record<string, Target> = {};
  try {
    for (const [name, file] of Object.entries(planned.targets)) {
      targets[name] = await Target.open(file);
    }
    environment.journal.emit("step_start", {
      step_id: planned.id,
      driver: planned.driver.spec.name,
      permissions: { ...planned.permissions },
    });
    return {
      planned,
      sandbox: openSandbox(planned, environment),
      targets,
      startedAt: performance.now(),
      inputs: {},
      output: null,
    };
  } catch (thrown) {
    for (const target of Object.values(targets)) await target.discard();
    throw withStep(thrown, planned.id);
  }
}

interface JoinContext {
  readonly environment: RunEnvironment;
  readonly signal: AbortSignal;
  readonly keepInputs: boolean;
  /** Work of the host beside the sessions, to be waited for. */
  readonly side: Promise<void>[];
}

/** Gives a step its ports: to the next step of the unit, or to and from the cache. */
function join(
  step: Running,
  next: Running | undefined,
  context: JoinContext,
): void {
  const { planned } = step;
  const { environment, side } = context;
  for (const [name, producer] of Object.entries(planned.inputs)) {
    if (step.inputs[name]) continue; // already joined to the step before
    const { port1, port2 } = new MessageChannel();
    step.inputs[name] = port2;
    side.push(feed(port1, producer, context));
  }
  environment.journal.emit("inputs_resolved", {
    step_id: planned.id,
    inputs: planned.inputs,
  });
  if (!planned.driver.spec.output) return;
  const { port1, port2 } = new MessageChannel();
  step.output = port1;
  const input = next &&
    Object.entries(next.planned.inputs).find(([, id]) => id === planned.id);
  if (input) next.inputs[input[0]] = port2;
  else side.push(collect(port2, planned, context));
}

/** Sends a cached table to a step. */
async function feed(
  port: MessagePort,
  producer: string,
  { environment, signal, keepInputs }: JoinContext,
): Promise<void> {
  const sender = new BatchSender(port, signal);
  const isLast = environment.isLastUse(producer) && !keepInputs;
  try {
    for await (const batch of environment.cache.get(producer, isLast)) {
      await sender.send(batch);
    }
    sender.end();
  } catch (thrown) {
    // A consumer that has read enough, or a step that was stopped, tells why itself.
    if (sender.isCancelled || signal.aborted) return;
    const error = withStep(thrown, producer);
    sender.fail(error);
    throw error;
  }
}

/** Takes a step's table into the cache, or counts it away when nobody reads it. */
async function collect(
  port: MessagePort,
  planned: PlannedStep,
  { environment, signal }: JoinContext,
): Promise<void> {
  const isDeep = planned.driver.origin.kind !== "builtin";
  const receiver = new BatchReceiver(port, signal, isDeep);
  const batches = environment.checked(planned, receiver.batches());
  if (environment.hasConsumers(planned.id)) {
    await environment.cache.put(planned.id, batches);
  } else {
    for await (const _ of batches);
  }
}

/** Runs one step's session with everything that it may know. */
async function session(
  step: Running,
  environment: RunEnvironment,
  signal: AbortSignal,
): Promise<SessionResult> {
  const { planned, sandbox, targets } = step;
  const { id, driver, connection } = planned;
  const brokered = connection?.fields.direct_secret === true
    ? []
    : driver.spec.capabilities?.brokeredSecrets ?? [];
  const { fields, secrets } = placeholders(connection?.fields ?? {}, brokered);
  try {
    const facts = await Promise.all(
      Object.entries(planned.sources).map(async ([name, file]) =>
        [name, await sourceFacts(file)] as const
      ),
    );
    const start: Omit<Start, "t" | "targets"> = {
      task: { kind: "run" },
      step: id,
      module: driver.origin.kind === "module" ? driver.origin.url : null,
      config: planned.config,
      connection: connection && fields,
      values: planned.values,
      inputs: step.inputs,
      isDeepCheck: environment.readsOthers(planned),
      output: step.output,
      sources: Object.fromEntries(facts),
      sampleRows: environment.sampleRows,
      state: environment.stateOf(id),
      deadlines: environment.deadlinesOf(planned),
    };
    return await runSession(sandbox, {
      start,
      sources: planned.sources,
      targets,
      hosts: planned.permissions.net,
      secrets,
      deadlines: environment.deadlinesOf(planned),
      signal,
      hooks: environment.hooksOf(id),
    });
  } catch (thrown) {
    throw withStep(thrown, id);
  }
}

/** Resolves to the first failure that is a cause, not a consequence; undefined when all go well. */
async function firstFailure(
  work: readonly Promise<unknown>[],
): Promise<unknown> {
  let consequence: unknown;
  const cause = Promise.withResolvers<unknown>();
  const all = work.map((one) =>
    one.catch((thrown) => {
      if (thrown instanceof OsirisError && thrown.code === "step/cancelled") {
        consequence ??= thrown;
      } else cause.resolve(thrown);
    })
  );
  return await Promise.race([
    cause.promise,
    Promise.all(all).then(() => consequence),
  ]);
}

/** Puts files in place and says what each step did. */
async function commit(
  running: readonly Running[],
  results: readonly SessionResult[],
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const [index, { planned, targets, startedAt }] of running.entries()) {
    const { result, counts, bytesRead, state } = results[index];
    const files = [];
    for (const target of Object.values(targets)) {
      await target.commit();
      files.push({ path: target.resolved, bytes: target.bytes });
    }
    const report = result as StepReport | null;
    const isWrite = planned.driver.spec.mode === "write";
    outcomes.push({
      id: planned.id,
      rowsRead: planned.driver.spec.mode === "extract"
        ? counts.rowsOut
        : Object.values(counts.inputs).reduce((sum, { rows }) => sum + rows, 0),
      rowsWritten: isWrite ? report!.rowsWritten : counts.rowsOut,
      bytesRead: bytesRead,
      bytesWritten: files.reduce((sum, { bytes }) => sum + bytes, 0) +
        (report?.bytesWritten ?? 0),
      durationMs: performance.now() - startedAt,
      files,
      state,
    });
  }
  return outcomes;
}

/** Ends all sandboxes and removes files that are not in place. Each failure is told, none hides another. */
async function clean(
  running: readonly Running[],
  environment: RunEnvironment,
): Promise<void> {
  for (const { planned, sandbox, targets } of running.toReversed()) {
    const isEnded = await sandbox.stop();
    if (!isEnded) environment.onStuck(planned.id);
    for (const target of Object.values(targets)) {
      await target.discard().catch((thrown) =>
        environment.journal.emit("cleanup_failed", {
          step_id: planned.id,
          error: String(thrown),
        })
      );
    }
  }
}

/** The same error with the step it belongs to. */
export function withStep(thrown: unknown, step: string): OsirisError {
  if (!(thrown instanceof OsirisError)) {
    return new OsirisError(
      "internal/bug",
      `Cannot run step "${step}": ${
        thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : thrown
      }`,
      { step, cause: thrown },
    );
  }
  if (thrown.step !== undefined) return thrown;
  const { code, message, hint, faults, details, cause } = thrown;
  return new OsirisError(code, message, { step, hint, faults, details, cause });
}
