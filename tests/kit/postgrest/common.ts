// What all handlers share.
import type { SelectItem } from "./parse_select.ts";
import type { Query } from "./query.ts";
import { Refusal } from "./refusal.ts";
import type { Context, Settings } from "./request.ts";
import type { TransactionOptions } from "./transaction.ts";

/** @throws {Refusal} PGRST123 for an aggregate where they are off (docs, "Aggregate Functions"). */
export function checkAggregates(settings: Settings, query: Query): void {
  const uses = (item: SelectItem): boolean =>
    item.kind === "field"
      ? item.aggregate !== undefined
      : item.items.some(uses);
  if (!settings.areAggregatesAllowed && query.select.some(uses)) {
    throw new Refusal(
      400,
      "PGRST123",
      "Use of aggregate functions is not allowed",
    );
  }
}

/** The transaction a request runs in. */
export function transactionOptions(
  context: Context,
  isReadOnly: boolean,
): TransactionOptions {
  const { session, schema, method, path, headers, prefer, settings } = context;
  const isRolledBack = prefer.tx === "rollback";
  const { statementTimeoutMs } = settings;
  return {
    session,
    schema,
    method,
    path,
    headers,
    isReadOnly,
    isRolledBack,
    statementTimeoutMs,
    timezone: prefer.timezone,
  };
}
