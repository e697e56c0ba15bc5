/** Runs the MySQL drivers against a database of the tests. */
import type { Driver, StepContext } from "../../src/driver/driver.ts";
import type { Batch } from "../../src/table/batch.ts";
import extractor from "../../drivers/mysql/extractor.ts";
import writer from "../../drivers/mysql/writer.ts";
import { drive, type Driven } from "../kit/drive.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Reads with `mysql.extractor`. */
export function read(
  connection: object,
  config: Fields,
  context: Partial<StepContext> = {},
): Promise<Driven> {
  return drive(extractor as Driver, {
    connection: connection as Fields,
    config,
    context,
  });
}

/** Writes with `mysql.writer`. */
export function write(
  connection: object,
  config: Fields,
  batches: Iterable<Batch> | AsyncIterable<Batch>,
  context: Partial<StepContext> = {},
): Promise<Driven> {
  return drive(writer as Driver, {
    connection: connection as Fields,
    config,
    inputs: { df: batches },
    context,
  });
}

/** Facts of the events of a name. */
export function eventsOf(
  driven: Pick<Driven, "events">,
  name: string,
): Fields[] {
  return driven.events.filter((event) => event.name === name)
    .map(({ facts }) => facts);
}

/** A context that takes everything and tells nothing, for drivers that are run step by step. */
export function quietContext(): StepContext {
  return {
    step: "step",
    signal: new AbortController().signal,
    sampleRows: null,
    state: null,
    committed: null,
    deadlines: { connectMs: 5000, idleMs: 30_000, statementMs: null },
    log: () => {},
    emit: () => {},
    measure: () => {},
    progress: () => {},
    account: () => {},
    canReject: false,
    reject: ({ reason }) => Promise.reject(new Error(reason)),
    beforeCommit: () => Promise.resolve(),
    afterCommit: () => Promise.resolve(),
    saveState: () => {},
    fetch,
  };
}
