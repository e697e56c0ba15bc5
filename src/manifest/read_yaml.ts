/**
 * Reads YAML text without showing it: what a message quotes may be a secret.
 *
 * @module
 */
import { parseYaml } from "../deps/yaml.ts";
import { type ErrorCode, OsirisError } from "../error.ts";

/**
 * The document in a text.
 *
 * @param subject For messages: `read manifest: shop.yaml`.
 * @throws {OsirisError} with `code`, at the first place that is no YAML
 */
export function readYaml(
  text: string,
  subject: string,
  code: ErrorCode,
): unknown {
  try {
    return parseYaml(text, { schema: "core" });
  } catch (error) {
    const isDeep = error instanceof RangeError;
    // Further lines quote the source.
    const reason = isDeep
      ? "it is nested too deep"
      : (error as Error).message.split("\n")[0].replace(/:$/, "");
    const hint = isDeep
      ? "Check that it is the right file"
      : "Correct the YAML at that place";
    throw new OsirisError(code, `Cannot ${subject}: ${reason}`, { hint });
  }
}
