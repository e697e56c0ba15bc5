// Whose certificate the direct channel takes, against a real PostgreSQL.
import assert from "node:assert/strict";
import { openDirect } from "../../drivers/supabase/direct.ts";
import type { DirectLogin } from "../../drivers/supabase/options.ts";
import type { TlsOption } from "../kit/certs.ts";
import { refusal } from "../kit/faults.ts";
import { startPostgres } from "../kit/postgres.ts";

const context = {
  signal: new AbortController().signal,
  deadlines: { connectMs: 10_000, idleMs: 10_000, statementMs: null },
};

const HOSTS = ["127.0.0.1", "localhost"];

/** A server, and a way to ask it whether a connection is encrypted. */
async function serverFor(tls: TlsOption) {
  const server = await startPostgres({ tls });
  const { port, user, password } = server;
  const { ca } = server.tls!;
  const ask = async (host: string, ssl: DirectLogin["ssl"]) => {
    const login = { host, port, user, password, ssl, database: "postgres" };
    await using session = await openDirect(login, context);
    const { rows } = await session.query(
      "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    );
    return rows[0][0];
  };
  return {
    ca,
    ask,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

Deno.test("the direct channel takes a certificate for its host, be it a name or an address", async () => {
  await using at = await serverFor(true);
  for (const host of HOSTS) {
    assert.equal(await at.ask(host, { ca: at.ca }), "t", host);
    const unknown = await refusal(() => at.ask(host, true));
    assert.equal(unknown.code, "connection/tls", host);
  }
});

Deno.test("the direct channel refuses a certificate for another host", async () => {
  await using at = await serverFor({ names: "DNS:db.example,IP:192.0.2.1" });
  for (const host of HOSTS) {
    const error = await refusal(() => at.ask(host, { ca: at.ca }));
    assert.equal(error.code, "connection/tls", host);
    assert.ok(error.hint);
    const lax = { ca: at.ca, rejectUnauthorized: false };
    assert.equal(await at.ask(host, lax), "t", host);
  }
});

Deno.test("the direct channel takes no other certificate for an address than one that names it", async () => {
  for (const names of ["DNS:localhost", "IP:192.0.2.1"]) {
    await using at = await serverFor({ names });
    const error = await refusal(() => at.ask("127.0.0.1", { ca: at.ca }));
    assert.equal(error.code, "connection/tls", names);
  }
});
