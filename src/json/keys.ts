/**
 * The keys of a text's objects, by their bytes.
 *
 * @module
 */
import { hasEscape } from "./unescape.ts";

/** What {@linkcode KeyTable.look} gives for a key that isn't there. */
export const NO_KEY = -1;

/** Numbers keys in the order in which they come up. */
export class KeyTable {
  /** The keys. */
  readonly names: string[] = [];
  readonly #texts: Uint8Array[] = [];
  readonly #numbers = new Map<string, number>();
  /** The key that each member had last: objects of a text tend to be alike. */
  readonly #last: number[] = [];

  /** The number of the key in `bytes[start, end)`, which is that of the `member`th member; a new one when it is new. */
  find(bytes: Uint8Array, start: number, end: number, member: number): number {
    const known = this.look(bytes, start, end, member);
    if (known !== NO_KEY) return known;
    const name = decodeKey(bytes, start, end);
    const number = this.names.length;
    this.names.push(name);
    this.#texts.push(new TextEncoder().encode(name));
    this.#numbers.set(name, number);
    this.#last[member] = number;
    return number;
  }

  /** The same, but {@linkcode NO_KEY} when it is new. */
  look(bytes: Uint8Array, start: number, end: number, member: number): number {
    const last = this.#last[member];
    if (last !== undefined && this.#isKey(last, bytes, start, end)) return last;
    const number = this.#numbers.get(decodeKey(bytes, start, end));
    if (number === undefined) return NO_KEY;
    return this.#last[member] = number;
  }

  #isKey(
    number: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const text = this.#texts[number];
    if (text.length !== end - start) return false;
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== bytes[start + i]) return false;
    }
    // A key with a backslash in its text would have to be written with two.
    return !text.includes(92);
  }
}

function decodeKey(bytes: Uint8Array, start: number, end: number): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const text = decoder.decode(bytes.subarray(start, end));
  return hasEscape(bytes, start, end) ? JSON.parse(`"${text}"`) : text;
}
