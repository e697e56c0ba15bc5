/**
 * Joins the steps of a unit by ports: to each other, or to and from the cache
 * by way of the host.
 *
 * @module
 */
import { BatchReceiver, BatchSender } from "../channel/batches.ts";
import { OsirisError } from "../error.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { ToSandbox } from "../protocol.ts";
import type { RunEnvironment } from "./environment.ts";

/** The ports of one step. */
export interface StepPorts {
  readonly planned: PlannedStep;
  readonly inputs: Record<string, MessagePort>;
  output: MessagePort | null;
  /** Aborted when the step's session has ended: nobody reads what is sent to it any more. */
  readonly over: AbortSignal;
  /** Says something to the step. */
  hear(message: ToSandbox): void;
}

/** What the streams of one unit share. */
export interface StreamContext {
  readonly environment: RunEnvironment;
  /** Aborted when the unit is to stop. */
  readonly signal: AbortSignal;
  /** Whether tables that the unit reads must stay for another attempt. */
  readonly keepInputs: boolean;
  /** Work of the host beside the sessions, to be waited for. */
  readonly side: Promise<void>[];
}

/** Gives a step its ports, and the next step of the unit the one between them. */
export function join(
  step: StepPorts,
  next: StepPorts | undefined,
  context: StreamContext,
): void {
  const { planned } = step;
  for (const [name, producer] of Object.entries(planned.inputs)) {
    if (step.inputs[name]) continue; // already joined to the step before
    const { port1, port2 } = new MessageChannel();
    step.inputs[name] = port2;
    context.side.push(feed(port1, producer, step, context));
  }
  if (!planned.driver.spec.output) return;
  const { port1, port2 } = new MessageChannel();
  step.output = port1;
  const input = next &&
    Object.entries(next.planned.inputs).find(([, id]) => id === planned.id);
  if (!input) context.side.push(collect(port2, step, context));
  else if (context.environment.isLimited(planned, next.planned)) {
    const onward = new MessageChannel();
    next.inputs[input[0]] = onward.port2;
    context.side.push(relay(port2, onward.port1, step, next, context));
  } else {
    next.inputs[input[0]] = port2;
    const tell = (): void => next.hear({ t: "ended", input: input[0] });
    step.over.addEventListener("abort", tell, { once: true });
  }
}

/** Sends a cached table to a step. */
async function feed(
  port: MessagePort,
  producer: string,
  { planned, over }: StepPorts,
  { environment, signal, keepInputs }: StreamContext,
): Promise<void> {
  const sender = new BatchSender(port, AbortSignal.any([signal, over]));
  const isLast = environment.isLastUse(producer) && !keepInputs;
  try {
    const batches = environment.cache.get(producer, isLast);
    for await (const batch of environment.taken(planned, batches)) {
      await sender.send(batch);
    }
    sender.end();
  } catch (thrown) {
    // A consumer that has read enough, or a step that was stopped, tells why itself.
    if (sender.isCancelled || signal.aborted || over.aborted) return;
    const error = thrown instanceof OsirisError ? thrown : new OsirisError(
      "internal/bug",
      `Cannot read table "${producer}" back: ${thrown}`,
      { cause: thrown },
    );
    sender.fail(error);
    throw error;
  }
}

/** Takes a step's table into the cache, or counts it away when nobody reads it. */
async function collect(
  port: MessagePort,
  step: StepPorts,
  context: StreamContext,
): Promise<void> {
  const { environment } = context;
  const { id } = step.planned;
  const isKept = environment.hasConsumers(id);
  const batches = received(port, step, context, !isKept);
  if (!isKept) { for await (const _ of batches); }
  else await environment.cache.put(id, batches, environment.isKept(id));
}

/** Passes a step's table on to the next step, counting. */
async function relay(
  port: MessagePort,
  onward: MessagePort,
  step: StepPorts,
  next: StepPorts,
  context: StreamContext,
): Promise<void> {
  const { environment } = context;
  const signal = AbortSignal.any([context.signal, next.over]);
  const sender = new BatchSender(onward, signal);
  try {
    const batches = received(port, step, context);
    for await (const batch of environment.taken(next.planned, batches)) {
      await sender.send(batch);
    }
    sender.end();
  } catch (thrown) {
    if (sender.isCancelled || signal.aborted) return;
    if (thrown instanceof OsirisError) sender.fail(thrown);
    throw thrown;
  }
}

/** A step's batches as they come, held to the limits. When the step has ended, its last word must be on its way. */
async function* received(
  port: MessagePort,
  { planned, over }: StepPorts,
  { environment, signal }: StreamContext,
  reuse = false,
): ReturnType<RunEnvironment["checked"]> {
  const isDeep = planned.driver.origin.kind !== "builtin";
  const receiver = new BatchReceiver(port, signal, isDeep, planned.id);
  const expect = (): void => receiver.expectEnd();
  over.addEventListener("abort", expect, { once: true });
  try {
    yield* environment.checked(planned, receiver.batches({ reuse }));
  } finally {
    over.removeEventListener("abort", expect);
  }
}
