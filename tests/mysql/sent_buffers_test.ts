/** Memory of what is sent is used again, but not before the socket has taken it. */
import assert from "node:assert/strict";
import { SentBuffers } from "../../drivers/mysql/write/sent_buffers.ts";

/** A stream that has taken nothing of what was written, until told so. */
function connection(): { stream: { writableLength: number } } {
  return { stream: { writableLength: 0 } };
}

Deno.test("SentBuffers gives a buffer out again once it is written", () => {
  const to = connection(), buffers = new SentBuffers(to);
  const first = buffers.take(1000);
  to.stream.writableLength = 1000;
  buffers.sent(first);
  const second = buffers.take(1000);
  assert.notEqual(second.buffer, first.buffer);
  to.stream.writableLength = 2000;
  buffers.sent(second);
  to.stream.writableLength = 1000;
  const third = buffers.take(1100);
  assert.equal(third.buffer, first.buffer);
  assert.equal(third.length, 1100);
  assert.notEqual(buffers.take(10).buffer, second.buffer);
});

Deno.test("SentBuffers waits while earlier packets are on their way", () => {
  const to = connection(), buffers = new SentBuffers(to);
  to.stream.writableLength = 300;
  const first = buffers.take(100);
  to.stream.writableLength += 100;
  buffers.sent(first);
  to.stream.writableLength = 1;
  assert.notEqual(buffers.take(100).buffer, first.buffer);
  to.stream.writableLength = 0;
  assert.equal(buffers.take(100).buffer, first.buffer);
});

Deno.test("SentBuffers keeps none that is too small, nor what is compressed", () => {
  const to = connection(), buffers = new SentBuffers(to);
  const small = buffers.take(10);
  buffers.sent(small);
  assert.notEqual(buffers.take(1000).buffer, small.buffer);
  const packed = new SentBuffers({ ...to, _inflatedPacketsParser: {} });
  const large = packed.take(1000);
  packed.sent(large);
  assert.notEqual(packed.take(10).buffer, large.buffer);
});
