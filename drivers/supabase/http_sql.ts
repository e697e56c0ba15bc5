/**
 * Runs SQL at an HTTP endpoint that takes it, as the original does: a POST of
 * `{"query": …}` with the project's key.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { networkError } from "../../src/network_error.ts";
import { refusalError } from "./errors.ts";
import type { Project } from "./options.ts";
import { readRefusal } from "./refusal.ts";
import { RequestClock, waitsOf } from "./waits.ts";

/** Runs statements, all in one query. @throws {OsirisError} */
export async function runHttpSql(
  { key }: Project,
  url: string,
  statements: readonly string[],
  context: StepContext,
): Promise<void> {
  const where = new URL(url).host;
  const action = "run SQL over HTTP";
  const clock = new RequestClock(waitsOf(undefined, context.deadlines), true);
  try {
    const response = await context.fetch(url, {
      method: "POST",
      headers: {
        apikey: key,
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ query: statements.join("; ") }),
      signal: AbortSignal.any([context.signal, clock.signal]),
    });
    clock.renew();
    const body = await response.text();
    if (response.ok) return;
    const refusal = readRefusal(response.status, response.headers, body);
    throw refusalError(refusal, { action, where });
  } catch (thrown) {
    context.signal.throwIfAborted();
    if (thrown instanceof OsirisError) throw thrown;
    throw clock.error(action, where) ?? networkError(thrown, action, where);
  } finally {
    clock.stop();
  }
}
