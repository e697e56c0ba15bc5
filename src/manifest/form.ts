/**
 * Tells the two written forms of a manifest apart by their keys.
 *
 * @module
 */

/** Written by hand with configs inline, or by the original's compiler with configs beside it. */
export type ManifestForm = "inline" | "compiled";

/** Which form a document has; what fits neither counts as inline. */
export function manifestForm(document: unknown): ManifestForm {
  if (typeof document !== "object" || document === null) return "inline";
  const { pipeline, meta, steps } = document as Record<string, unknown>;
  if (pipeline !== undefined || meta !== undefined) return "compiled";
  const hasCfgPath = Array.isArray(steps) &&
    steps.some((step) =>
      (step as Record<string, unknown> | null)?.cfg_path !== undefined
    );
  return hasCfgPath ? "compiled" : "inline";
}
