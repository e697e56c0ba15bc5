/**
 * The check that bytes are text, 16 of them at a time: each byte and the one
 * before it are looked up by their halves in three tables of what can't be.
 *
 * Method: J. Keiser, D. Lemire, "Validating UTF-8 in less than one instruction
 * per byte", Software: Practice and Experience 51 (2021).
 *
 * @module
 */
import { TEXT } from "./scan_code.ts";
import {
  add,
  and16,
  anyBit,
  bits16,
  block,
  type Code,
  const16,
  eq16,
  get,
  geU,
  grow,
  int,
  jump,
  jumpIf,
  load16,
  lookUp16,
  loop,
  or,
  or16,
  set,
  shiftDown16,
  splat,
  subU16,
  type WasmFunction,
  when,
  xor16,
} from "./wasm.ts";

const ANY = "0123456789abcdef";
const CONTINUED = "89ab";

/**
 * Pairs of bytes that no text has: digits of the first byte, its second digit,
 * and the first digit of the byte after it. The last is allowed where a
 * character of three or four bytes asks for it.
 */
const FAULTS: readonly (readonly [string, string, string])[] = [
  ["cdef", ANY, "01234567cdef"], // a character is cut off
  ["01234567", ANY, CONTINUED], // one goes on that is complete
  ["c", "01", CONTINUED], // there is a form of one byte,
  ["e", "0", "89"], // of two,
  ["f", "056789abcdef", "8"], // or of three; or it is beyond Unicode
  ["f", "456789abcdef", "9ab"],
  ["e", "d", "ab"], // half of a pair of UTF-16
  [CONTINUED, ANY, CONTINUED], // a third or fourth byte
];

/** For each hexadecimal digit the faults that it is part of, as bits. */
function table(part: 0 | 1 | 2): Code {
  return const16(
    [...ANY].map((digit) =>
      FAULTS.reduce(
        (bits, fault, i) => bits | Number(fault[part].includes(digit)) << i,
        0,
      )
    ),
  );
}

// Parameters and locals.
const AT = 0, END = 1, HIGH = 2, BEFORE = 3;
const BYTES = 4, PREVIOUS = 5;

/** Whether the bytes and those before them are not what UTF-8 has. */
const IS_FAULTY: Code = [
  ...set(PREVIOUS, load16(get(AT), TEXT - 1)),
  ...anyBit(xor16(
    and16(
      and16(
        lookUp16(table(0), shiftDown16(get(PREVIOUS), int(4))),
        lookUp16(table(1), and16(get(PREVIOUS), splat(int(15)))),
      ),
      lookUp16(table(2), shiftDown16(get(BYTES), int(4))),
    ),
    // The top bit: where a character of three bytes began two before, or of four three before.
    and16(
      or16(
        subU16(load16(get(AT), TEXT - 2), splat(int(0xe0 - 0x80))),
        subU16(load16(get(AT), TEXT - 3), splat(int(0xf0 - 0x80))),
      ),
      splat(int(0x80)),
    ),
  )),
];

/**
 * `textEnd(at, end)`: how far bytes are valid UTF-8 without NUL, or up to 15
 * less; the last character may not be there as a whole. A character starts at
 * `at`, and at least three bytes are before it.
 */
export const textEnd: WasmFunction = {
  name: "textEnd",
  parameters: 2,
  locals: 2,
  vectors: 2,
  code: [
    ...block(
      "odd",
      loop(
        "bytes",
        jumpIf(geU(add(get(AT), int(15)), get(END)), "odd"),
        set(BYTES, load16(get(AT), TEXT)),
        jumpIf(bits16(eq16(get(BYTES), splat(int(0)))), "odd"),
        set(HIGH, bits16(get(BYTES))),
        when(
          or(get(HIGH), get(BEFORE)),
          jumpIf(IS_FAULTY, "odd"),
        ),
        set(BEFORE, get(HIGH)),
        grow(AT, int(16)),
        jump("bytes"),
      ),
    ),
    ...get(AT),
  ],
};
