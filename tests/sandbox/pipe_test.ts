// What goes over a process's pipes is bounded, and what is damaged there is refused.

import assert from "node:assert/strict";
import { NO_TAGS } from "../../src/pipe/boot.ts";
import { Bridge } from "../../src/pipe/bridge.ts";
import { BatchDecoder, BatchEncoder } from "../../src/pipe/table.ts";
import { decodeValue, encodeValue } from "../../src/pipe/value.ts";
import { checkBatch } from "../../src/table/batch.ts";
import { types } from "../../src/table/type.ts";
import { fc } from "../deps/fast_check.ts";
import { anyBatch } from "../kit/arbitrary_table.ts";
import { columnOf } from "../kit/table.ts";

const noPort = (): never => {
  throw new TypeError("no port");
};

/** What stands for 2^60 values and holds sixty. */
function repeated(): unknown {
  let value: unknown = [];
  for (let times = 0; times < 60; times++) value = [value, value];
  return value;
}

for (
  const [what, value] of [
    ["a value that is repeated", repeated()],
    ["a list that is long and holds nothing", new Array(2 ** 32 - 1)],
    ["a text that is repeated", new Array(100).fill("x".repeat(1 << 20))],
    ["a number of a million digits", 1n << 4_000_000n],
  ] as const
) {
  Deno.test(`a message does not pass a pipe with ${what}`, () => {
    assert.throws(() => encodeValue({ value }, noPort), TypeError);
  });
}

Deno.test("what JSON makes of a message is the same on both ends of a pipe", () => {
  const said = structuredClone({
    at: new Date("2026-01-02T03:04:05.678Z"),
    never: new Date(NaN),
    map: new Map([[1, 2]]),
    set: new Set([1]),
    pattern: /a/g,
    error: new Error("a"),
    none: undefined,
    infinite: -Infinity,
    $: "own",
  });
  const { head } = encodeValue(said, noPort);
  const { value } = decodeValue(head, new ArrayBuffer(0), noPort);
  assert.equal(JSON.stringify(value), JSON.stringify(said));
  const { map } = value as { map: object };
  assert.equal(Object.prototype.toString.call(map), "[object Map]");
});

Deno.test("a number of a million digits is not read from a pipe", () => {
  const head = new TextEncoder().encode(
    JSON.stringify({ $: "i", v: "9".repeat(1_000_000) }),
  );
  const read = () => decodeValue(head, new ArrayBuffer(0), noPort);
  assert.throws(read, RangeError);
});

Deno.test("a batch too large for a frame is refused, not cut", async () => {
  const sent: Uint8Array[] = [];
  const bridge = new Bridge({
    fill: () => Promise.resolve(null),
    write: (pieces) => void sent.push(pieces[0]),
    tags: { read: NO_TAGS, write: NO_TAGS },
    isHost: true,
    hear: () => {},
  });
  const { port1, port2 } = new MessageChannel();
  bridge.post({ t: "start", port: port2 });
  // One buffer in many columns: 4 GiB and a bit, of which 1 MiB is there.
  const column = columnOf(types.int64, new Array(1 << 17).fill(1n));
  const width = 4097;
  const schema = {
    fields: Array.from({ length: width }, (_, index) => ({
      name: `c${index}`,
      type: types.int64,
      nullable: false,
    })),
  };
  const columns = new Array(width).fill(column);
  port1.postMessage({
    t: "item",
    v: { schema, length: column.length, columns },
  });
  while (sent.length < 3) await new Promise((go) => setTimeout(go, 5));
  const answer = sent[2]; // after the start and the schema
  const text = new TextDecoder().decode(answer.subarray(24));
  assert.ok(/"code":"driver\/protocol".*1024 MiB/.test(text));
  bridge.close();
  port1.close();
});

Deno.test("a damaged batch is refused or is sound, wherever it was damaged", () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  const places = fc.tuple(damage, damage, damage);
  fc.assert(
    fc.property(anyBatch(), places, (batch, [inSchema, inHead, inBody]) => {
      const { schema, head, body } = new BatchEncoder().encode(batch);
      const whole = new Uint8Array(body.flatMap((piece) => [...piece]));
      spoil(schema!, inSchema);
      spoil(head, inHead);
      spoil(whole, inBody);
      const decoder = new BatchDecoder();
      try {
        decoder.schema(schema!);
        const { schema: read, ...rest } = decoder.batch(head, whole.buffer);
        checkBatch(rest, read!, true);
      } catch (error) {
        const { name } = error as Error;
        assert.match(name, /^(RangeError|OsirisError)$/, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});

function spoil(
  bytes: Uint8Array,
  damage: readonly (readonly [number, number])[],
): void {
  if (bytes.length === 0) return;
  for (const [at, value] of damage) bytes[at % bytes.length] = value;
}
