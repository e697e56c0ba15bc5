/**
 * Runs a started step to its end, with everything that it may know.
 *
 * @module
 */
import { FAR_CREDITS } from "../channel/credit.ts";
import { placeholders } from "../host/fetch_broker.ts";
import { runSession, type SessionResult } from "../host/session.ts";
import { sourceFacts } from "../host/source.ts";
import { requireUnchanged } from "../modules/unchanged.ts";
import type { Start } from "../protocol.ts";
import { withStep } from "./blame.ts";
import { type HoldContext, holdMore } from "./held.ts";
import { levelOf } from "./sandboxes.ts";
import type { Running } from "./start_step.ts";

/** Runs one step's session. @throws {OsirisError} with `step` set. */
export async function runStep(
  step: Running,
  context: HoldContext,
): Promise<SessionResult> {
  const { unit, environment, signal } = context;
  const whileItRuns = AbortSignal.any([signal, step.over]);
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
      producers: planned.inputs,
      isDeepCheck: environment.readsOthers(planned),
      output: step.output,
      ...(levelOf(planned, environment.plan) === "process" &&
        { credits: FAR_CREDITS }),
      sources: Object.fromEntries(facts),
      rejects: planned.step.rejects === null
        ? null
        : { atMost: planned.step.maxRejects },
      sampleRows: environment.sampleRows,
      state: environment.stateOf(id),
      committed: environment.partOf(id),
      deadlines: environment.deadlinesOf(planned),
    };
    await requireUnchanged(driver.origin); // as late as can be
    const result = await runSession(sandbox, {
      start,
      sources: planned.sources,
      targets,
      hosts: planned.permissions.net,
      secrets,
      deadlines: environment.deadlinesOf(planned),
      isWatched: driver.origin.kind !== "builtin" ||
        driver.spec.needs?.net === undefined,
      related: unit.map((one) => one.id),
      signal,
      hooks: {
        ...environment.hooksOf(id),
        hold: (bytes) =>
          holdMore(planned, bytes, { ...context, signal: whileItRuns }),
      },
    });
    environment.requireNoSecret(id, "the state", result.state ?? null);
    return result;
  } catch (thrown) {
    throw withStep(thrown, id);
  } finally {
    step.end.abort();
  }
}
