// Tests of the fault proxy against a plain TCP server and against a real MariaDB.

import assert from "node:assert/strict";
import { queryMariadb } from "./mariadb_client.ts";
import { sharedMariadb } from "./servers.ts";
import { startProxy, type TcpProxy } from "./tcp_proxy.ts";

/** A server that sends `size` bytes to whoever connects, counts what it gets, and sends that count back at their end. */
function startSource(size: number): { port: number } & Disposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (connection: Deno.TcpConn): Promise<void> => {
    const pending = write(connection, new Uint8Array(size));
    const count = await readAll(connection);
    await pending;
    await write(connection, new TextEncoder().encode(`got ${count.length}`));
    connection.close();
  };
  (async () => {
    for await (const connection of listener) {
      serve(connection).catch(() => connection.close());
    }
  })();
  return { port: listener.addr.port, [Symbol.dispose]: () => listener.close() };
}

async function write(
  connection: Deno.TcpConn,
  bytes: Uint8Array,
): Promise<void> {
  for (let start = 0; start < bytes.length;) {
    start += await connection.write(bytes.subarray(start));
  }
}

/** Reads until the other end closes, or up to `limit` bytes. */
async function readAll(
  connection: Deno.TcpConn,
  limit = Infinity,
): Promise<Uint8Array> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(65536);
  while (bytes.length < limit) {
    const count = await connection.read(buffer);
    if (count === null) break;
    for (const byte of buffer.subarray(0, count)) bytes.push(byte);
  }
  return new Uint8Array(bytes);
}

const connect = ({ port }: TcpProxy): Promise<Deno.TcpConn> =>
  Deno.connect({ hostname: "127.0.0.1", port });

Deno.test("startProxy() passes every byte both ways, and the end of each", async () => {
  using source = startSource(300_000);
  await using proxy = await startProxy({ target: source });
  using client = await connect(proxy);
  await write(client, new Uint8Array(200_000));
  await client.closeWrite();
  const got = await readAll(client);
  assert.equal(got.length, 300_000 + "got 200000".length);
  assert.equal(new TextDecoder().decode(got.slice(300_000)), "got 200000");
  assert.deepEqual(proxy.bytes, { up: 200_000, down: got.length });
  assert.equal(proxy.connections, 1);
});

Deno.test("resetAfter() lets so many bytes pass, then resets; once means once", async () => {
  using source = startSource(100_000);
  await using proxy = await startProxy({ target: source });
  proxy.resetAfter(5_000, { once: true });
  using client = await connect(proxy);
  await assert.rejects(readAll(client), Deno.errors.ConnectionReset);
  assert.equal(proxy.bytes.down, 5_000);
  assert.equal(proxy.strikes, 1);
  using second = await connect(proxy);
  assert.equal((await readAll(second, 100_000)).length, 100_000);
});

Deno.test("dropAfter() falls silent without closing", async () => {
  using source = startSource(100_000);
  await using proxy = await startProxy({ target: source });
  proxy.dropAfter(5_000);
  using client = await connect(proxy);
  assert.equal((await readAll(client, 5_000)).length, 5_000);
  await client.closeWrite();
  const silence = new Promise((resolve) => setTimeout(resolve, 200, "silence"));
  assert.equal(
    await Promise.race([client.read(new Uint8Array(9)).catch(String), silence]),
    "silence",
  );
});

Deno.test("halfClose() ends one direction while the other goes on", async () => {
  using source = startSource(100_000);
  await using proxy = await startProxy({ target: source });
  proxy.halfClose(5_000);
  using client = await connect(proxy);
  assert.equal((await readAll(client)).length, 5_000);
  await write(client, new Uint8Array(70_000));
  while (proxy.bytes.up < 70_000) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

Deno.test("refuse() refuses, open connections go on, and heal() opens the same port again", async () => {
  using source = startSource(1_000);
  await using proxy = await startProxy({ target: source });
  using client = await connect(proxy);
  await readAll(client, 1_000);
  await proxy.refuse();
  await assert.rejects(connect(proxy), Deno.errors.ConnectionRefused);
  await client.closeWrite();
  assert.equal(new TextDecoder().decode(await readAll(client)), "got 0");
  await proxy.heal();
  using later = await connect(proxy);
  assert.equal((await readAll(later, 1_000)).length, 1_000);
});

Deno.test("delay() and throttle() take their time", async () => {
  using source = startSource(20_000);
  await using proxy = await startProxy({ target: source });
  proxy.delay(100);
  let started = performance.now();
  using delayed = await connect(proxy);
  await readAll(delayed, 20_000);
  assert.ok(performance.now() - started >= 95);
  await proxy.heal();
  proxy.throttle(40_000);
  started = performance.now();
  using throttled = await connect(proxy);
  await readAll(throttled, 20_000);
  const ms = performance.now() - started;
  assert.ok(ms >= 450 && ms < 3_000, `20 kB at 40 kB/s took ${ms} ms`);
});

Deno.test("resetAfter() cuts a MariaDB result in the middle, and a retry succeeds", async () => {
  const { user, password, port } = await sharedMariadb();
  await using proxy = await startProxy({ target: { port } });
  proxy.resetAfter(20_000, { once: true });
  const login = { host: proxy.host, port: proxy.port, user, password };
  const text =
    "SELECT REPEAT('x', 1000) AS x FROM information_schema.collations LIMIT 100";
  await assert.rejects(queryMariadb(login, text), /ECONNRESET|closed|lost/i);
  assert.equal((await queryMariadb(login, text)).length, 100);
});

Deno.test("startProxy() resets the client when the target refuses", async () => {
  const source = startSource(0);
  source[Symbol.dispose]();
  await using proxy = await startProxy({ target: source });
  using client = await connect(proxy);
  await assert.rejects(readAll(client), Deno.errors.ConnectionReset);
});
