/**
 * Looks at the direct channel for `osiris connections doctor`.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { openDirect } from "./direct.ts";
import type { DirectLogin } from "./options.ts";

/** Version and user of the database. @throws {OsirisError} */
export async function directFacts(
  login: DirectLogin,
  context: StepContext,
): Promise<Record<string, string | boolean>> {
  await using session = await openDirect(login, context);
  const { rows: [[version, user]] } = await session.query(
    "SELECT current_setting('server_version'), current_user",
  );
  return {
    direct: session.where,
    database_version: version ?? "",
    database_user: user ?? "",
    database_tls: login.ssl !== false,
  };
}
