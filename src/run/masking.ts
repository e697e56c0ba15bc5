/**
 * What is secret in a run, and how it is taken out of all that the run says.
 *
 * @module
 */
import { createMasker, type Masker } from "../connection/masker.ts";
import { secretsOf } from "../connection/secrets.ts";
import { isSecretName } from "../describe.ts";
import type { Json } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import type { ParamValue } from "../manifest/params.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";

/**
 * A masker for the secrets of a run: those of its connections, parameters
 * whose names look secret, and what drivers of others have in their configs
 * under such a name (ours have none there).
 */
export function runMasker(
  { steps }: Plan,
  params: Readonly<Record<string, ParamValue>>,
): Masker {
  const named = Object.entries(params).filter(([name, value]) =>
    isSecretName(name) && typeof value === "string"
  );
  return createMasker([
    ...steps.flatMap(secretsOfStep),
    ...named.map(([, value]) => String(value)),
  ]);
}

function secretsOfStep({ connection, driver, config }: PlannedStep): string[] {
  const own = driver.origin.kind === "builtin" ? [] : secretsOf(config, []);
  return [...connection?.secrets ?? [], ...own];
}

/** The same value with its texts masked, keys too. */
export function maskJson(value: Json, mask: Masker): Json {
  if (typeof value === "string") return mask(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => maskJson(item, mask));
  const entries = Object.entries(value).filter(([, item]) =>
    item !== undefined
  );
  return Object.fromEntries(
    entries.map(([key, item]) => [mask(key), maskJson(item, mask)]),
  );
}

/** The same error without secrets; of its cause only the text stays. */
export function maskError(error: OsirisError, mask: Masker): OsirisError {
  const { code, message, hint, step, faults, details, cause } = error;
  return new OsirisError(code, mask(message), {
    ...(hint !== undefined && { hint: mask(hint) }),
    ...(step !== undefined && { step }),
    ...(faults !== undefined && {
      faults: faults.map((fault) => ({
        ...fault,
        path: mask(fault.path),
        message: mask(fault.message),
        ...(fault.hint !== undefined && { hint: mask(fault.hint) }),
      })),
    }),
    ...(details !== undefined && {
      details: maskJson(details, mask) as typeof details,
    }),
    ...(cause instanceof Error && {
      cause: new Error(mask(`${cause.name}: ${cause.message}`)),
    }),
  });
}

/**
 * Refuses what a driver would have kept on disk while it holds a secret. Masked
 * it would be another value, by which the next run would miss rows.
 *
 * @param what Of the message: `the state`.
 * @throws {OsirisError} `driver/protocol`
 */
export function requireNoSecret(
  value: Json,
  { mask, step, what }: {
    readonly mask: Masker;
    readonly step: string;
    readonly what: string;
  },
): void {
  const masked = maskJson(value, mask);
  if (JSON.stringify(masked) === JSON.stringify(value)) return;
  throw new OsirisError(
    "driver/protocol",
    `Cannot keep ${what} of step "${step}": it holds a secret of the run`,
    {
      step,
      hint: "Keep nothing of a connection's: it is there again next time",
    },
  );
}
