/** Buffers that pass through are used again where they fit. */
import assert from "node:assert/strict";
import { Bodies, commonBuffer } from "../../src/pipe/bodies.ts";

Deno.test("Bodies gives a buffer out again that fits, and no other", () => {
  const bodies = new Bodies();
  const buffer = bodies.take(1_000_000);
  assert.ok(buffer.byteLength >= 1_000_000);
  bodies.giveBack(buffer);
  assert.notEqual(bodies.take(100), buffer, "a small batch would hold it all");
  assert.notEqual(bodies.take(2_000_000), buffer);
  assert.equal(bodies.take(buffer.byteLength), buffer);
  assert.notEqual(bodies.take(buffer.byteLength), buffer, "given out twice");
});

Deno.test("Bodies takes small batches as they are, and back only buffers", () => {
  const bodies = new Bodies();
  assert.equal(bodies.take(100).byteLength, 100);
  const gone = new ArrayBuffer(1 << 20);
  structuredClone(gone, { transfer: [gone] });
  for (const what of [undefined, {}, gone]) bodies.giveBack(what);
  assert.ok(bodies.take(1 << 20).byteLength > 0);
});

Deno.test("commonBuffer() tells what came in one frame from what was put together", () => {
  const one = new ArrayBuffer(16);
  const pieces = [new Uint8Array(one, 0, 8), new Uint8Array(0)];
  assert.equal(commonBuffer([...pieces, new Uint8Array(one, 8, 8)]), one);
  assert.equal(commonBuffer([...pieces, new Uint8Array(8)]), undefined);
  assert.equal(commonBuffer([new Uint8Array(one)]), undefined);
  assert.equal(commonBuffer([]), undefined);
});
