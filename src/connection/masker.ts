/**
 * Takes secrets out of text, by value.
 *
 * A value is found as it is, URL-encoded, in JSON, in HTML, as a literal of code
 * or SQL (whichever of its characters the writer has escaped), in base64
 * (wherever it stands in what was encoded) and in hex. A value shorter than four
 * characters is only found where it stands alone (`pw=abc`, `:abc@`): masking it
 * within words would destroy the text and, by its gaps, tell the value.
 *
 * @module
 */
import { maskEscaped } from "./unescape.ts";

/** Replaces every secret in a text. */
export type Masker = (text: string) => string;

const MASK = "***";
const SHORTEST = 4;
/** Fewer characters of base64 would be found by chance. */
const SHORTEST_BASE64 = 6;

/** A masker for these values; empty ones are ignored. */
export function createMasker(values: Iterable<string>): Masker {
  const secrets = [...values].filter((value) => value !== "");
  if (secrets.length === 0) return (text) => text;
  const forms = finder(secrets.flatMap(formsOf));
  const long = secrets.filter(({ length }) => length >= SHORTEST);
  if (long.length === 0) return (text) => text.replace(forms, MASK);
  const plain = finder(long);
  return (text) => maskEscaped(text.replace(forms, MASK), plain, MASK);
}

/** Finds the longest of these that begins at a place. */
function finder(texts: readonly string[]): RegExp {
  const longestFirst = [...new Set(texts)].sort((a, b) => b.length - a.length);
  const sources = longestFirst.map((text) => {
    const source = text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    return text.length < SHORTEST
      ? `(?<![\\p{L}\\p{N}_])${source}(?![\\p{L}\\p{N}_])`
      : source;
  });
  return new RegExp(sources.join("|"), "gu");
}

function formsOf(secret: string): string[] {
  const forms = [secret];
  if (secret.length < SHORTEST) return forms;
  const bytes = new TextEncoder().encode(secret);
  const url = encodeURIComponent(secret.toWellFormed());
  const strict = url.replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  for (
    const form of [
      url,
      strict,
      url.replaceAll("%20", "+"),
      strict.replaceAll("%20", "+"),
      encodeURI(secret.toWellFormed()),
    ]
  ) {
    forms.push(
      form,
      form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    );
  }
  const json = JSON.stringify(secret).slice(1, -1);
  forms.push(json.replaceAll("/", "\\/"), asciiJson(json));
  forms.push(...literalForms(secret), ...base64Forms(bytes));
  const hex = bytes.toHex();
  forms.push(hex, hex.toUpperCase());
  return forms;
}

/**
 * As a literal of code: between JSON's quotes, or others that a console or SQL
 * takes; up to three deep, as a log of JSON of JSON has it.
 */
function literalForms(secret: string): string[] {
  const forms = new Set([secret.replaceAll("'", "''")]);
  let layer = new Set([secret]);
  for (let depth = 0; depth < 3; depth++) {
    layer = new Set([...layer].flatMap((text) => {
      const bare = text.replaceAll("\\", "\\\\");
      return [
        JSON.stringify(text).slice(1, -1),
        bare,
        bare.replaceAll("'", "\\'"),
        bare.replaceAll("`", "\\`"),
      ];
    }));
    for (const form of layer) forms.add(form);
  }
  return [...forms];
}

/** JSON as languages write it that keep to ASCII. */
function asciiJson(json: string): string {
  return json.replace(
    /[\u0080-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * The characters of base64 that depend on the secret alone, for each of the
 * three places at which it can begin within a group of three bytes.
 */
function base64Forms(bytes: Uint8Array): string[] {
  const forms: string[] = [];
  for (const before of [0, 1, 2]) {
    const padded = new Uint8Array(before + bytes.length);
    padded.set(bytes, before);
    const first = Math.ceil(before * 8 / 6);
    const end = Math.floor(padded.length * 8 / 6);
    const text = padded.toBase64({ omitPadding: true }).slice(first, end);
    if (text.length < SHORTEST_BASE64) continue;
    forms.push(text, text.replaceAll("+", "-").replaceAll("/", "_"));
  }
  if (bytes.length < SHORTEST_BASE64) forms.push(bytes.toBase64());
  return forms;
}
