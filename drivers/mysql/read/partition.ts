/**
 * Reads a table in ranges of an integer column over several connections that
 * see the same state of it.
 *
 * @module
 */
import type { StepContext } from "../../../src/driver/driver.ts";
import { OsirisError } from "../../../src/error.ts";
import type { Batch } from "../../../src/table/batch.ts";
import { WIRE } from "../column_type.ts";
import { quoteName, quoteTable } from "../quote.ts";
import type { Session } from "../session.ts";
import { merge } from "./merge.ts";
import { keepsStates, startSharedSnapshot } from "./snapshot.ts";
import {
  type ExtractorConfig,
  selectSql,
  sourceName,
  sourceSql,
} from "./statement.ts";

/** What reading in parts needs of the extractor. */
export interface PartitionOptions {
  readonly config: ExtractorConfig & {
    readonly table: string;
    readonly partition: { readonly column: string; readonly parts: number };
  };
  readonly context: StepContext;
  open(): Promise<Session>;
  /** Reads the rows of a statement. */
  stream(session: Session, sql: string): AsyncIterable<Batch>;
}

/** Reads the table in parts; over one connection when the others can't see the same state. */
export async function* readParts(
  { config, context, open, stream }: PartitionOptions,
): AsyncGenerator<Batch, void, undefined> {
  const { column, parts } = config.partition;
  refuseOrder(config);
  await using sessions = new AsyncDisposableStack();
  const readers: Session[] = [];
  for (let part = 0; part < parts; part++) {
    readers.push(sessions.use(await open()));
  }
  if (!await shareState(config, readers, { open, context })) {
    yield* stream(readers[0], selectSql(config));
    return;
  }
  const ranges = await splitRange(readers[0], config, column, parts);
  yield* merge(
    ranges.map((range, part) =>
      stream(readers[part], selectSql(config, [range]))
    ),
  );
}

/** Lets all readers see one state of the table. @returns false where they can't, which is an event. */
async function shareState(
  { table, schema }: PartitionOptions["config"],
  readers: readonly Session[],
  { open, context }: Pick<PartitionOptions, "open" | "context">,
): Promise<boolean> {
  if (!await keepsStates(readers[0], table, schema || null)) {
    const reason = "the table's engine has no transactions";
    context.emit("partition_skipped", { code: null, reason });
    return false;
  }
  await using locker = await open();
  const name = quoteTable(table, schema);
  return await startSharedSnapshot(locker, readers, name, context);
}

function refuseOrder(config: ExtractorConfig): void {
  const hasLimit = (config.limit ?? null) !== null || !!config.offset;
  if (config.order_by === undefined && !hasLimit) return;
  throw new OsirisError(
    "config/invalid",
    "Cannot read in parts: partition: not together with order_by, limit or offset",
    { hint: "Take partition away, or the other" },
  );
}

const INTEGERS = new Set<number>([
  ...[WIRE.tiny, WIRE.short, WIRE.int24, WIRE.long, WIRE.longlong, WIRE.year],
]);

/** Conditions that each row of the table meets exactly one of. */
async function splitRange(
  session: Session,
  config: ExtractorConfig,
  column: string,
  parts: number,
): Promise<string[]> {
  const name = quoteName(column);
  const { rows, columns } = await session.run(
    `SELECT MIN(${name}), MAX(${name}) FROM ${sourceSql(config)}`,
    "read in parts",
    sourceName(config),
  );
  if (!INTEGERS.has(columns[0].columnType)) {
    throw new OsirisError(
      "config/invalid",
      `Cannot read in parts: partition.column: "${column}" is no integer column`,
      { hint: "Choose an integer column, best the primary key" },
    );
  }
  const [min, max] = rows[0];
  if (min === null || max === null) return ["TRUE"];
  const low = BigInt(min), count = BigInt(parts);
  const width = (BigInt(max) - low) / count + 1n;
  const ranges: string[] = [];
  for (let part = 0n; part < count; part++) {
    const start = low + part * width;
    if (start > BigInt(max)) break;
    const isLast = start + width > BigInt(max);
    const upper = isLast ? "" : ` AND ${name} < ${start + width}`;
    ranges.push(
      part === 0n
        // Open below, and with the rows that are in no range.
        ? `${name} IS NULL OR (TRUE${upper})`
        : `${name} >= ${start}${upper}`,
    );
  }
  return ranges;
}
