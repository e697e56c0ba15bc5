/**
 * Lists and objects that expressions gave, as JSON text.
 *
 * @module
 */
import { ExactDecimal } from "./cell.ts";

// In V8 since 11.4, not yet in TypeScript's library.
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** The value as JSON text: big integers and decimals keep all digits, dates become ISO text. */
export function jsonText(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return rawJSON(String(part));
    if (part instanceof ExactDecimal) return rawJSON(part.text);
    if (part === undefined) return null;
    if (part instanceof Map) return Object.fromEntries(part);
    return part;
  });
}
