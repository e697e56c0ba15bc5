/**
 * Runs SQL at an HTTP endpoint that takes it, as the original does: a POST of
 * `{"query": …}` with the project's key.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { networkError } from "../../src/network_error.ts";
import { refusalError } from "./errors.ts";
import type { Project } from "./options.ts";
import { readRefusal } from "./refusal.ts";

/** Runs statements, all in one query. @throws {OsirisError} */
export async function runHttpSql(
  { key }: Project,
  url: string,
  statements: readonly string[],
  context: StepContext,
): Promise<void> {
  const where = new URL(url).host;
  const action = "run SQL over HTTP";
  let response: Response;
  try {
    response = await context.fetch(url, {
      method: "POST",
      headers: {
        apikey: key,
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ query: statements.join("; ") }),
      signal: context.signal,
    });
  } catch (thrown) {
    context.signal.throwIfAborted();
    throw networkError(thrown, action, where);
  }
  const body = await response.text();
  if (response.ok) return;
  const refusal = readRefusal(response.status, response.headers, body);
  throw refusalError(refusal, { action, where });
}
