// One transaction for one request, in the role of the one who asks (docs, "Transactions").
import type { Claims } from "./jwt.ts";
import { ident, Params } from "./ident.ts";
import type { Pool } from "./pool.ts";

/** Who asks, and about what. */
export interface Session {
  role: string;
  claims: Claims;
  isAuthenticated: boolean;
}

/** What a transaction is run with. */
export interface TransactionOptions {
  session: Session;
  schema: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  /** Reads and calls of stable functions are read only (› Access Mode). */
  isReadOnly: boolean;
  /** `Prefer: tx=rollback` (› Transaction End). */
  isRolledBack: boolean;
  /** Milliseconds; 0 for none (› Statement Timeout). */
  statementTimeoutMs: number;
  timezone?: string;
}

/** Runs a statement with values as text of unknown type and gives its rows, all columns as text. */
export type Run = (
  sql: string,
  params: Params,
) => Promise<Record<string, string | null>[]>;

class RolledBack extends Error {
  constructor(readonly result: unknown) {
    super("rolled back as asked");
  }
}

/** The settings that hold while the transaction lasts (› Transaction-Scoped Settings). */
function settingsSql(
  options: TransactionOptions,
): { sql: string; params: Params } {
  const params = new Params();
  const settings: [string, string][] = [
    ["search_path", `${ident(options.schema)}, "public"`],
    ["role", options.session.role],
    ["request.jwt.claims", JSON.stringify(options.session.claims)],
    ["request.method", options.method],
    ["request.path", options.path],
    ["request.headers", JSON.stringify(options.headers)],
    ["statement_timeout", `${options.statementTimeoutMs}`],
  ];
  if (options.timezone) settings.push(["timezone", options.timezone]);
  const calls = settings.map(([name, value]) =>
    `set_config('${name}', ${params.bind(value)}, true)`
  );
  return { sql: `SELECT ${calls.join(", ")}`, params };
}

/** Runs `work` and commits, or rolls back if asked to or if it throws. */
export async function inTransaction<Result>(
  pool: Pool,
  options: TransactionOptions,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const mode = `isolation level read committed ${
    options.isReadOnly ? "read only" : "read write"
  }`;
  try {
    return await pool.begin(mode, async (tx) => {
      const { sql, params } = settingsSql(options);
      // Not awaited alone: the settings travel with the first statement and are in force before it is parsed.
      const settled = tx.unsafe(sql, params.values, { prepare: true });
      const run: Run = async (text, values) => {
        const [, rows] = await Promise.all([
          settled,
          tx.unsafe(text, values.values, { prepare: true }),
        ]);
        return [...rows] as Record<string, string | null>[];
      };
      const result = await work(run);
      if (options.isRolledBack) throw new RolledBack(result);
      return result;
    }) as Result;
  } catch (error) {
    if (error instanceof RolledBack) return error.result as Result;
    throw error;
  }
}
