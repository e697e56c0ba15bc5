/**
 * Finds the members of JSON objects: bytes in, spans out.
 *
 * @module
 */
import {
  NO_JSON,
  skipSpace,
  skipString,
  skipValue,
} from "../table/json_text.ts";

const QUOTE = 34, COMMA = 44, COLON = 58, OPEN = 123, CLOSE = 125;

/** Reads one object after another. */
export class ObjectReader {
  /** Members of the last object. */
  count = 0;
  /** Four places a member: start and end of the key (without quotes) and of the value. */
  members: Int32Array = new Int32Array(256);

  /** Reads the object at `at`. @returns where it ends; `NO_JSON` when there is none, or not all of it before `end`. */
  read(bytes: Uint8Array, at: number, end: number): number {
    this.count = 0;
    if (bytes[at] !== OPEN) return NO_JSON;
    let i = skipSpace(bytes, at + 1, end);
    if (i < end && bytes[i] === CLOSE) return i + 1;
    while (i < end && bytes[i] === QUOTE) {
      const key = i;
      const keyEnd = skipString(bytes, i, end);
      if (keyEnd === NO_JSON) return NO_JSON;
      i = skipSpace(bytes, keyEnd, end);
      if (i >= end || bytes[i] !== COLON) return NO_JSON;
      const value = skipSpace(bytes, i + 1, end);
      i = skipValue(bytes, value, end, 0);
      if (i === NO_JSON) return NO_JSON;
      this.#add(key + 1, keyEnd - 1, value, i);
      i = skipSpace(bytes, i, end);
      if (i >= end) return NO_JSON;
      if (bytes[i] === CLOSE) return i + 1;
      if (bytes[i] !== COMMA) return NO_JSON;
      i = skipSpace(bytes, i + 1, end);
    }
    return NO_JSON;
  }

  #add(key: number, keyEnd: number, value: number, valueEnd: number): void {
    const at = 4 * this.count++;
    if (at + 4 > this.members.length) {
      const grown = new Int32Array(2 * this.members.length);
      grown.set(this.members);
      this.members = grown;
    }
    this.members[at] = key;
    this.members[at + 1] = keyEnd;
    this.members[at + 2] = value;
    this.members[at + 3] = valueEnd;
  }
}

/**
 * Whether the object at `at` may go on after `end`: its brackets or a string in
 * it are open there. Tells apart what is cut from what is wrong.
 */
export function isCut(bytes: Uint8Array, at: number, end: number): boolean {
  let depth = 0, isString = false;
  for (let i = at; i < end; i++) {
    const byte = bytes[i];
    if (isString) {
      if (byte === 92) i++;
      else if (byte === QUOTE) isString = false;
    } else if (byte === QUOTE) isString = true;
    else if (byte === OPEN || byte === 91) depth++;
    else if (byte === CLOSE || byte === 93) {
      if (--depth <= 0) return false;
    }
  }
  return true;
}
