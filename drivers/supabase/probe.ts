/**
 * Looks at a project for `osiris connections doctor`.
 *
 * @module
 */
import type {
  ProbeReport,
  StepContext,
  StepInput,
} from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { Api } from "./client.ts";
import { describe } from "./description.ts";
import { directFacts } from "./direct_probe.ts";
import { directLogin, projectOf, type SupabaseConnection } from "./options.ts";
import { waitsOf } from "./waits.ts";

/** Asks the API for its description, and the direct channel for its version. */
export async function probe(
  step: Pick<StepInput<never>, "connection">,
  context: StepContext,
): Promise<ProbeReport> {
  const fields = step.connection as SupabaseConnection;
  const project = projectOf(fields);
  const api = new Api(project, {
    context,
    waits: waitsOf(undefined, context.deadlines),
  });
  const started = performance.now();
  const description = await describe(api, project.schema, {
    context,
    retries: 0,
  });
  const facts: Record<string, string | number | boolean | null> = {
    host: project.host,
    key: project.keyField,
    schema: project.schema,
    tables: description?.tables.size ?? null,
    functions: description?.functions.size ?? null,
    "answer_ms": Math.round(performance.now() - started),
  };
  const warnings: string[] = [];
  if (description === undefined) {
    warnings.push(
      "the API does not describe itself to this key: types will be inferred, and keys must be named",
    );
  }
  if (project.keyField !== "service_role_key" || project.jwt !== undefined) {
    warnings.push("row-level security holds for this key: rows may be hidden");
  }
  const login = directLogin(fields);
  if (login === undefined) {
    warnings.push(
      "no direct channel: tables can't be made, and replace is not atomic",
    );
    return { facts: { ...facts, direct: "none" }, warnings };
  }
  try {
    return {
      facts: { ...facts, ...await directFacts(login, context) },
      warnings,
    };
  } catch (thrown) {
    if (!(thrown instanceof OsirisError)) throw thrown;
    const hint = thrown.hint === undefined ? "" : ` (${thrown.hint})`;
    warnings.push(`${thrown.message}${hint}`);
    return { facts: { ...facts, direct: "failed" }, warnings };
  }
}
