// The Prefer header (docs, "Prefer Header").
import { Refusal } from "./refusal.ts";

/** What a client prefers; a preference given twice counts as its first. */
export interface Preferences {
  count?: "exact" | "planned" | "estimated";
  resolution?: "merge-duplicates" | "ignore-duplicates";
  missing?: "default" | "null";
  return?: "minimal" | "headers-only" | "representation";
  tx?: "commit" | "rollback";
  handling?: "strict" | "lenient";
  timezone?: string;
  maxAffected?: number;
}

const known: Record<string, string[]> = {
  count: ["exact", "planned", "estimated"],
  resolution: ["merge-duplicates", "ignore-duplicates"],
  missing: ["default", "null"],
  return: ["minimal", "headers-only", "representation"],
  tx: ["commit", "rollback"],
  handling: ["strict", "lenient"],
};

/**
 * Parses the header. `isTxAllowed` is PostgREST's `db-tx-end = commit-allow-override`: without it `tx` has no effect.
 *
 * @throws {Refusal} PGRST122 for an unknown preference with `handling=strict` (› Strict or Lenient Handling).
 */
export function parsePrefer(
  header: string | undefined,
  isTxAllowed: boolean,
): Preferences {
  const found: Record<string, string | number> = {};
  const invalid: string[] = [];
  for (
    const item of (header ?? "").split(",").map((text) => text.trim()).filter(
      Boolean,
    )
  ) {
    const [name, value] = item.split("=", 2).map((part) => part.trim());
    if (known[name]?.includes(value)) found[name] ??= value;
    else if (name === "timezone" && value) found.timezone ??= value;
    else if (name === "max-affected" && /^\d+$/.test(value)) {
      found.maxAffected ??= Number(value);
    } else invalid.push(item);
  }
  if (found.handling === "strict" && invalid.length) {
    throw new Refusal(
      400,
      "PGRST122",
      "Invalid preferences given with handling=strict",
      {
        details: `Invalid preferences: ${invalid.join(", ")}`,
      },
    );
  }
  if (!isTxAllowed) delete found.tx;
  return found as Preferences;
}

/** The names that may stand in Preference-Applied, in PostgREST's order. */
const applied = [
  "resolution",
  "missing",
  "return",
  "count",
  "tx",
  "handling",
  "timezone",
] as const;

/** Preference-Applied for the preferences that had a say, or no header at all. */
export function appliedHeader(
  prefer: Preferences,
  names: readonly string[],
): Record<string, string> {
  const parts = applied.filter((name) =>
    names.includes(name) && prefer[name] !== undefined
  )
    .map((name) => `${name}=${prefer[name]}`);
  if (
    names.includes("max-affected") && prefer.handling === "strict" &&
    prefer.maxAffected !== undefined
  ) {
    parts.push(`max-affected=${prefer.maxAffected}`);
  }
  return parts.length ? { "Preference-Applied": parts.join(", ") } : {};
}
