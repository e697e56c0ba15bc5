/**
 * The loop over CSV text again, in instructions that look at 16 bytes at a time.
 *
 * It takes clear rows only, which end well before the text does and have as
 * many fields as they should, and stops before whatever is not as clear: the
 * scanner goes on from there, and alone knows what to make of it.
 *
 * @module
 */
import { CR, LF } from "./dialect.ts";
import {
  add,
  bits16,
  block,
  byteAt,
  type Code,
  ctz,
  eq,
  eq16,
  get,
  geU,
  grow,
  gtS,
  int,
  jump,
  jumpIf,
  load,
  load16,
  loop,
  ne,
  not,
  or,
  or16,
  select,
  set,
  splat,
  store,
  store16,
  sub,
  type WasmFunction,
  when,
} from "./wasm.ts";

/** Where in the memory things are: what {@linkcode clearRows} says besides its result, */
export const FACTS = 0;
/** spans, */
export const SPANS = 64;
/** places in spans of fields with doubled quotes, */
export const ESCAPED = SPANS + 4 * 131_072;
/** where the texts of a column end, */
export const ENDS = ESCAPED + 4 * 65_536;
/** those texts one after another, */
export const GATHERED = ENDS + 4 * 65_536;
/** and the text itself. */
export const TEXT = 2 << 20;

/** Most fields of a block that there is room for. */
export const MOST_FIELDS = 65_536;

/** Most bytes of a column of a block that there is room for. */
export const MOST_GATHERED = TEXT - GATHERED - 16;

/** Bytes after the text that may be looked at. */
export const SPARE_BYTES = 64;

// Parameters and locals of the row loop.
const AT = 0, END = 1, MOST = 2, WIDTH = 3, DELIMITER = 4, QUOTE = 5;
const COMMENT = 6, TO = 7, ROW_END = 8, BYTE = 9, LINES = 10, ESCAPES = 11;
const ROW_AT = 12, ROW_TO = 13, ROW_LINES = 14, ROW_ESCAPES = 15;
const FOUND = 16, IS_ESCAPED = 17, I = 18;
const DELIMITERS = 19, QUOTES = 20, LFS = 21, CRS = 22, V = 23;

/** Bits of the bytes at `at` that are a line end, or those in the local `others`. */
function stopsAt(at: number, others: number): Code {
  return [
    ...set(V, load16(get(at), TEXT)),
    ...set(
      FOUND,
      bits16(or16(
        or16(eq16(get(V), get(others)), eq16(get(V), get(LFS))),
        eq16(get(V), get(CRS)),
      )),
    ),
  ];
}

/** Moves the local `at` on to the next line end or other. */
function seek(at: number, others: number, label: string): Code {
  return loop(
    label,
    stopsAt(at, others),
    when(not(get(FOUND)), grow(at, int(16)), jump(label)),
    grow(at, ctz(get(FOUND))),
  );
}

const QUOTED: Code = [
  ...set(I, add(get(AT), int(1))),
  ...store(get(TO), SPANS, get(I)),
  ...set(IS_ESCAPED, int(0)),
  ...block(
    "closed",
    loop(
      "inside",
      seek(I, QUOTES, "quoted"),
      jumpIf(geU(add(get(I), int(1)), get(END)), "odd"),
      when(
        eq(byteAt(get(I), TEXT), get(QUOTE)),
        jumpIf(ne(byteAt(get(I), TEXT + 1), get(QUOTE)), "closed"),
        set(IS_ESCAPED, int(1)),
        grow(I, int(2)),
        jump("inside"),
      ),
      // CRLF counts once.
      grow(
        LINES,
        or(
          eq(byteAt(get(I), TEXT), int(LF)),
          ne(byteAt(get(I), TEXT + 1), int(LF)),
        ),
      ),
      grow(I, int(1)),
      jump("inside"),
    ),
  ),
  // An empty text ends before it starts, to differ from NULL.
  ...store(
    get(TO),
    SPANS + 4,
    select(get(AT), get(I), eq(get(I), add(get(AT), int(1)))),
  ),
  ...when(
    get(IS_ESCAPED),
    store(get(ESCAPES), ESCAPED, get(TO)),
    grow(ESCAPES, int(4)),
  ),
  ...set(AT, add(get(I), int(1))),
];

const PLAIN: Code = [
  ...store(get(TO), SPANS, get(AT)),
  ...seek(AT, DELIMITERS, "plain"),
  ...store(get(TO), SPANS + 4, get(AT)),
];

const NEXT_ROW: Code = [
  ...jumpIf(geU(get(AT), get(END)), "odd"),
  ...jumpIf(geU(get(TO), get(MOST)), "odd"),
  ...set(BYTE, byteAt(get(AT), TEXT)),
  ...jumpIf(eq(get(BYTE), int(LF)), "odd"),
  ...jumpIf(eq(get(BYTE), int(CR)), "odd"),
  ...jumpIf(eq(get(BYTE), get(COMMENT)), "odd"),
  ...set(ROW_END, add(get(TO), get(WIDTH))),
  ...loop(
    "field",
    block(
      "done",
      block("unquoted", jumpIf(ne(get(BYTE), get(QUOTE)), "unquoted"), [
        ...QUOTED,
        ...jump("done"),
      ]),
      PLAIN,
    ),
    jumpIf(geU(get(AT), get(END)), "odd"),
    set(BYTE, byteAt(get(AT), TEXT)),
    grow(TO, int(8)),
    when(
      ne(get(TO), get(ROW_END)),
      jumpIf(ne(get(BYTE), get(DELIMITER)), "odd"),
      grow(AT, int(1)),
      set(BYTE, byteAt(get(AT), TEXT)),
      jump("field"),
    ),
  ),
  ...block(
    "ended",
    grow(AT, int(1)),
    jumpIf(eq(get(BYTE), int(LF)), "ended"),
    jumpIf(ne(get(BYTE), int(CR)), "odd"),
    jumpIf(geU(get(AT), get(END)), "odd"),
    grow(AT, eq(byteAt(get(AT), TEXT), int(LF))),
  ),
  ...set(ROW_AT, get(AT)),
  ...set(ROW_TO, get(TO)),
  ...set(ROW_LINES, grown(LINES)),
  ...set(LINES, get(ROW_LINES)),
  ...set(ROW_ESCAPES, get(ESCAPES)),
  ...jump("row"),
];

function grown(local: number): Code {
  return add(get(local), int(1));
}

/**
 * `clearRows(at, end, most, width, delimiter, quote, comment)`: the spans of
 * rows in bytes, and in {@linkcode FACTS} where the next row starts, the lines
 * passed, and the bytes of escaped places. `most` and `width` are in bytes too.
 */
export const clearRows: WasmFunction = {
  name: "clearRows",
  parameters: 7,
  locals: 12,
  vectors: 5,
  code: [
    ...set(DELIMITERS, splat(get(DELIMITER))),
    ...set(QUOTES, splat(get(QUOTE))),
    ...set(LFS, splat(int(LF))),
    ...set(CRS, splat(int(CR))),
    ...set(ROW_AT, get(AT)),
    ...block("odd", loop("row", NEXT_ROW)),
    ...store(int(FACTS), 0, get(ROW_AT)),
    ...store(int(FACTS), 4, get(ROW_LINES)),
    ...store(int(FACTS), 8, get(ROW_ESCAPES)),
    ...get(ROW_TO),
  ],
};

// Parameters and locals of the loop that gathers.
const SPAN = 0, STEP = 1, ROWS = 2, BASE = 3, OUT = 4, START = 5, LENGTH = 6;
const DONE = 7, ROW = 8, NULLS = 9, END_AT = 10;

/**
 * `gather(span, step, rows, base)`: copies the texts of a column to
 * {@linkcode GATHERED}, and where each ends to {@linkcode ENDS}, counted from
 * `-base`. `span` and `step` are in bytes. Gives their bytes, or -1 when there
 * are too many; how many are NULL is in {@linkcode FACTS}.
 */
export const gather: WasmFunction = {
  name: "gather",
  parameters: 4,
  locals: 7,
  vectors: 0,
  code: [
    ...block(
      "ended",
      loop(
        "row",
        jumpIf(geU(get(ROW), get(ROWS)), "ended"),
        set(START, load(get(SPAN), SPANS)),
        set(LENGTH, sub(load(get(SPAN), SPANS + 4), get(START))),
        grow(NULLS, not(get(LENGTH))),
        // An empty text ends before it starts.
        when(
          gtS(get(LENGTH), int(0)),
          when(
            gtS(add(get(OUT), get(LENGTH)), int(MOST_GATHERED)),
            set(OUT, int(-1)),
            jump("ended"),
          ),
          set(DONE, int(0)),
          loop(
            "copy",
            store16(
              add(get(OUT), get(DONE)),
              GATHERED,
              load16(add(get(START), get(DONE)), TEXT),
            ),
            grow(DONE, int(16)),
            jumpIf(gtS(get(LENGTH), get(DONE)), "copy"),
          ),
          grow(OUT, get(LENGTH)),
        ),
        store(get(END_AT), ENDS, add(get(BASE), get(OUT))),
        grow(END_AT, int(4)),
        grow(ROW, int(1)),
        grow(SPAN, get(STEP)),
        jump("row"),
      ),
    ),
    ...store(int(FACTS), 0, get(NULLS)),
    ...get(OUT),
  ],
};
