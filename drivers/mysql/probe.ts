/**
 * What `osiris connections doctor` finds out about a connection.
 *
 * @module
 */
import type {
  ProbeReport,
  StepContext,
  StepInput,
} from "../../src/driver/driver.ts";
import { openSession } from "./connect.ts";
import { describeGrants } from "./grants.ts";
import { type MysqlConnection, placeOf } from "./options.ts";
import type { Session } from "./session.ts";

/** Connects, looks and closes. */
export async function probe(
  step: Pick<StepInput, "connection">,
  context: StepContext,
): Promise<ProbeReport> {
  const fields = step.connection as MysqlConnection;
  const started = performance.now();
  await using session = await openSession({ fields, context });
  const connectMs = Math.round(performance.now() - started);
  const pinged = performance.now();
  await session.run("DO 0", "ask");
  const latencyMs = Math.round(1000 * (performance.now() - pinged)) / 1000;
  const facts = await lookAround(session);
  const warnings: string[] = [];
  const isEncrypted = facts.tls !== null && facts.tls !== "";
  const isLocal = fields.socket !== undefined ||
    /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(fields.host ?? "localhost");
  if (!isEncrypted && !isLocal) {
    warnings.push(`${placeOf(fields)} is talked with unencrypted: set ssl`);
  }
  if (facts.local_infile === false) {
    warnings.push("local_infile is off: writers use multi-row INSERT");
  }
  if (facts.read_only === true) {
    warnings.push("The server is read-only: writers will fail");
  }
  return {
    facts: {
      server: placeOf(fields),
      ...facts,
      tls: isEncrypted ? facts.tls : null,
      connect_ms: connectMs,
      latency_ms: latencyMs,
    },
    warnings,
  };
}

type Facts = Record<string, string | number | boolean | null>;

async function lookAround(session: Session): Promise<Facts> {
  const { rows } = await session.run(
    "SELECT VERSION(), CURRENT_USER(), DATABASE(), @@local_infile, @@global.read_only, " +
      "@@max_allowed_packet, @@default_storage_engine, @@character_set_server",
    "look around",
  );
  const [version, user, database, infile, readOnly, packet, engine, charset] =
    rows[0];
  const tls = await session.run("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  const granted = await session.run("SHOW GRANTS", "look at the grants");
  return {
    version,
    user,
    database,
    tls: tls.rows[0]?.[1] ?? null,
    grants: describeGrants(
      granted.rows.map(([line]) => line ?? ""),
      database,
    ),
    local_infile: infile === "1",
    read_only: readOnly !== "0" && readOnly !== "OFF",
    max_allowed_packet: Number(packet),
    engine,
    charset,
  };
}
