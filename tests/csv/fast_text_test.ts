/** Quick scans find what the plain scanner finds. */
import assert from "node:assert/strict";
import { FastText } from "../../src/csv/fast_text.ts";
import { SPARE_BYTES } from "../../src/csv/scan_code.ts";
import { Scanner } from "../../src/csv/scanner.ts";
import { columnBuilder } from "../../src/table/builder.ts";
import { types } from "../../src/table/type.ts";
import { checkText } from "../../src/csv/text_check.ts";
import { fc } from "../deps/fast_check.ts";

const encoder = new TextEncoder();
const fast = FastText.create(1 << 16, 1 << 22)!;

/** What a scan came to. */
function scanned(
  scanner: Scanner,
  bytes: Uint8Array,
  ...rest: [
    number,
    boolean,
    number,
  ]
): unknown {
  const state = scanner.scan(bytes, ...rest);
  const { at, lines, rows, spans, faultAt } = scanner;
  const width = spans.subarray(0, rows * COLUMNS * 2);
  // Escapes are taken out of the text, so that it is part of the result.
  const text = bytes.slice(0, rest[0]);
  return { state, at, lines, rows, spans: [...width], faultAt, text };
}

const COLUMNS = 3;

const anyText = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(",", "\n", '"', '""', "\r\n") },
    fc.constantFrom("\r", "#", ";", "é", "a", '","', '"\n', '\n"'),
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      'one,"two, three",4\n',
      '"a ""b"" c","\n","long enough to need a second look"\r\n',
      "long enough to need a second look,,\n",
    ),
  ),
  { maxLength: 30 },
).map((parts) => encoder.encode(parts.join("")));

Deno.test("a quick scan gives the spans of a plain one", () => {
  fc.assert(
    fc.property(
      anyText,
      fc.record({
        delimiter: fc.constantFrom(44, 59),
        quote: fc.constantFrom(34, 39, -1),
        escape: fc.constantFrom(-1, -1, -1, 92),
        comment: fc.constantFrom(-1, 35),
        skipBlankLines: fc.boolean(),
      }),
      fc.boolean(),
      fc.integer({ min: 1, max: 8 }),
      (text, dialect, isLast, maxRows) => {
        const plain = new Uint8Array(text.length + SPARE_BYTES);
        plain.set(text);
        fast.bytes.set(plain);
        const one = new Scanner(dialect, COLUMNS);
        const other = new Scanner(dialect, COLUMNS, fast);
        for (let block = 0; block < 4; block++) {
          assert.deepEqual(
            scanned(other, fast.bytes, text.length, isLast, maxRows),
            scanned(one, plain, text.length, isLast, maxRows),
          );
        }
      },
    ),
    { numRuns: 5000 },
  );
});

Deno.test("a quick scan takes most rows itself", () => {
  const text = encoder.encode('1,"say ""hi""",\n'.repeat(1000));
  fast.bytes.set(text);
  fast.bytes[text.length] = 10;
  const dialect = {
    delimiter: 44,
    quote: 34,
    escape: -1,
    comment: -1,
    skipBlankLines: true,
  };
  const escaped: number[] = [];
  const { to, at, lines } = fast.scan(
    0,
    text.length,
    6000,
    6,
    dialect,
    escaped,
  );
  assert.deepEqual([to, at, lines], [6000, text.length, 1000]);
  assert.deepEqual(escaped.slice(0, 2), [2, 8]);
  assert.equal(escaped.length, 1000);
});

Deno.test("gathered texts make the column that single ones make", () => {
  const anySpan = fc.tuple(fc.nat(2000), fc.oneof(fc.nat(40), fc.nat(700)));
  const anySpans = fc.array(fc.oneof(anySpan, fc.constant(null)), {
    minLength: 1,
    maxLength: 60,
  });
  for (let i = 0; i < 4000; i++) fast.bytes[i] = 97 + i % 26;
  fc.assert(
    fc.property(anySpans, anySpans, (...blocks) => {
      const plain = columnBuilder(types.utf8, 1);
      const quick = columnBuilder(types.utf8, 1);
      for (const block of blocks) {
        block.forEach((span, row) => {
          const [start, length] = span ?? [row, 0];
          // What isn't NULL and has no bytes ends before it starts.
          const end = span && length === 0 ? start - 1 : start + length;
          fast.spans.set([start, end], 2 * row);
        });
        const args = [fast.bytes, fast.spans, 0, 2, block.length] as const;
        plain.appendSpans(...args);
        quick.appendSpans(...args, fast.gather);
      }
      assert.deepEqual(quick.finish(), plain.finish());
    }),
  );
});

Deno.test("texts that are too many are not gathered", () => {
  fast.spans.set([0, 1 << 20, 0, 5]);
  assert.equal(fast.gather(0, 2, 2, 0), null);
  assert.equal(fast.gather(2, 2, 1, 7)!.ends[0], 12);
});

/** Text, or nearly: each part may be what no text has. */
const nearlyText = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
    { weight: 2, arbitrary: fc.constantFrom("a".repeat(40), "é€😀".repeat(9)) },
  ).map((text) => encoder.encode(text.replaceAll("\0", ""))),
  { maxLength: 12 },
).chain((parts) => {
  const text = Uint8Array.from(parts.flatMap((part) => [...part]));
  const change = fc.tuple(fc.nat(), fc.nat(255));
  return fc.array(change, { maxLength: 2 }).map((changes) => {
    for (const [at, byte] of changes) text[at % text.length] = byte;
    return text;
  });
});

Deno.test("a quick look at text finds what a slow one finds", () => {
  fc.assert(
    fc.property(
      nearlyText,
      fc.nat(20),
      fc.nat(255),
      fc.boolean(),
      (text, start, after, isLast) => {
        const end = start + text.length;
        fast.bytes.fill(0x61, 0, start);
        fast.bytes.set(text, start);
        fast.bytes[end] = after; // what is after the text makes no difference
        const slow = checkText(fast.bytes, start, end, isLast);
        const quick = checkText(fast.bytes, start, end, isLast, fast);
        assert.deepEqual(quick, slow);
      },
    ),
    { numRuns: 5000 },
  );
});

Deno.test("a quick look at text knows what each byte may follow", () => {
  const odd = [0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2];
  const leads = [0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3];
  const third = [...odd, ...leads, 0xf4, 0xf5, 0xf7, 0xf8, 0xff];
  fast.bytes.fill(0x61, 0, 64);
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) {
      for (const last of third) {
        for (const tail of [0x61, 0x80]) {
          fast.bytes.set([first, second, last, tail], 17);
          const slow = checkText(fast.bytes, 4, 40, true);
          const quick = checkText(fast.bytes, 4, 40, true, fast);
          const isSame = quick.checked === slow.checked &&
            quick.fault === slow.fault;
          if (isSame) continue;
          assert.deepEqual(quick, slow, `${[first, second, last, tail]}`);
        }
      }
    }
  }
});

Deno.test("quick text keeps its bytes when it grows, up to its end", () => {
  const growing = FastText.create(1000, 1 << 22)!;
  growing.bytes.set([1, 2, 3]);
  growing.grow(1 << 21);
  assert.deepEqual([...growing.bytes.subarray(0, 3)], [1, 2, 3]);
  assert.ok(growing.bytes.length >= (1 << 21) + SPARE_BYTES);
  assert.throws(() => growing.grow(1 << 24), RangeError);
});
