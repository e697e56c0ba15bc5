/**
 * What a run depends on, as hashes: whether a run may be resumed is decided by
 * comparing them, and what differs can be named.
 *
 * Secrets are left out: a new password is no other connection, and the hash of
 * a short one would tell it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Masker } from "../connection/masker.ts";
import type { Json } from "../driver/driver.ts";
import { canonicalJson } from "../manifest/canonical.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";

/** Hashes by what they are of: `steps.extract.config.query`. */
export type Fingerprint = Readonly<Record<string, string>>;

/** The fingerprint of a plan. @param mask Takes the secrets of its connections out. */
export function fingerprint(plan: Plan, mask: Masker): Fingerprint {
  const parts: [string, unknown][] = [["manifest", plan.manifest.hash]];
  for (const step of plan.steps) {
    const at = `steps.${step.id}`;
    parts.push([`${at}.driver`, driverOf(step)]);
    parts.push([`${at}.inputs`, [step.inputs, step.values]]);
    for (const [key, value] of Object.entries(step.config)) {
      parts.push([`${at}.config.${key}`, value]);
    }
    const { connection } = step;
    if (connection === null) continue;
    const { family, alias, fields } = connection;
    const secrets = new Set(step.driver.spec.connection?.secrets ?? []);
    for (const [key, value] of Object.entries(fields)) {
      if (secrets.has(key)) continue;
      parts.push([`connections.${family}.${alias}.${key}`, value]);
    }
  }
  return Object.fromEntries(
    parts.map(([name, value]) => [name, hash(mask(canonicalJson(value)))]),
  );
}

function driverOf({ driver: { spec, origin } }: PlannedStep): Json {
  const { name, version } = spec;
  const sha256 = origin.kind === "module" ? origin.sha256 ?? null : null;
  return [name, version, sha256];
}

/** Names of what differs, in order; `manifest` only when nothing nearer does. */
export function differences(before: Fingerprint, now: Fingerprint): string[] {
  const names = [
    ...new Set([...Object.keys(before), ...Object.keys(now)]),
  ].filter((name) => before[name] !== now[name]);
  const nearer = names.filter((name) => name !== "manifest");
  return nearer.length > 0 ? nearer : names;
}

/** Enough of a hash to notice a change. */
function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
