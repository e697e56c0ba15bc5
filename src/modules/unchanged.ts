/**
 * Holds a module to the code that was planned: its sandbox reads the files
 * itself, and somebody may have changed them in between.
 *
 * @module
 */
import { quoted } from "../describe.ts";
import type { DriverOrigin } from "../driver/registry.ts";
import { OsirisError } from "../error.ts";
import { readLocalModule } from "./local_module.ts";

/**
 * Refuses a module on this machine whose code is not the one that was planned.
 *
 * @throws {OsirisError} `driver/hash-mismatch`, `file/…`
 */
export async function requireUnchanged(origin: DriverOrigin): Promise<void> {
  if (origin.kind !== "module" || origin.sha256 === undefined) return;
  const { url, sha256: expected, source = url } = origin;
  if (!url.startsWith("file:")) return; // its bytes are in the plan
  const { sha256: found } = await readLocalModule(new URL(url), source);
  if (found === expected) return;
  throw new OsirisError(
    "driver/hash-mismatch",
    `Cannot use driver ${
      quoted(source)
    }: its code was changed since the plan was made`,
    {
      hint: "Find out who has changed it before you run it again",
      details: { expected, found },
    },
  );
}
