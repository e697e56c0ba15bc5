/**
 * Batches over a credit stream: the schema goes once, buffers are transferred,
 * and the number of rows is checked at the end.
 *
 * @module
 */
import type { TableInput } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";
import {
  type Batch,
  batchBuffers,
  batchBytes,
  checkBatch,
} from "../table/batch.ts";
import {
  formatType,
  MAX_DECIMAL_PRECISION,
  parseType,
  type Schema,
} from "../table/type.ts";
import { Garbage } from "./collect.ts";
import { FAR_CREDITS, Receiver, Sender } from "./credit.ts";

/** Sends batches of one table. */
export class BatchSender {
  readonly #sender: Sender;
  #schema: Schema | undefined;
  #shape = "";
  readonly #garbage = new Garbage();
  /** Rows sent. */
  rows = 0;
  /** Bytes of buffers sent. */
  bytes = 0;

  /** @param credits Batches that may be on their way at once, at most {@linkcode FAR_CREDITS}. */
  constructor(port: MessagePort, signal: AbortSignal, credits?: number) {
    this.#sender = new Sender(port, signal, credits);
  }

  /** Whether it waits for the receiver to take more. */
  get isWaiting(): boolean {
    return this.#sender.isWaiting;
  }

  /** Whether the receiver wants no more. */
  get isCancelled(): boolean {
    return this.#sender.isCancelled;
  }

  /** Whether a batch was sent, without which a table has no schema. */
  get hasSchema(): boolean {
    return this.#schema !== undefined;
  }

  /**
   * Sends a batch and gives up its buffers.
   *
   * @throws {OsirisError} `driver/protocol` if its schema is not that of the batches before.
   */
  async send(batch: Batch): Promise<void> {
    const isFirst = this.#schema === undefined;
    if (batch.schema !== this.#schema) this.#adopt(batch.schema);
    const bytes = batchBytes(batch);
    const { schema, length, columns } = batch;
    const message = isFirst ? { schema, length, columns } : { length, columns };
    await this.#sender.send(message, batchBuffers(batch));
    this.rows += length;
    this.bytes += bytes;
    this.#garbage.add(bytes);
  }

  /** Says that the table is complete. */
  end(): void {
    this.#sender.end(this.rows);
  }

  /** Says that there will be no more because of an error. */
  fail(error: OsirisError): void {
    this.#sender.fail(error);
  }

  #adopt(schema: Schema): void {
    const shape = JSON.stringify(
      schema.fields.map(({ name, type }) => [name, formatType(type)]),
    );
    if (this.#schema && shape !== this.#shape) {
      throw new OsirisError(
        "driver/protocol",
        "Cannot send a batch: its columns differ from those of the batches before",
      );
    }
    this.#schema = schema;
    this.#shape = shape;
  }
}

/** Receives batches of one table. */
export class BatchReceiver implements Omit<TableInput, "gather"> {
  readonly #receiver: Receiver;
  readonly #isDeep: boolean;
  readonly #producer: string | undefined;
  readonly #garbage = new Garbage();
  readonly #source: AsyncGenerator<unknown, void, void>;
  #schema: Schema | undefined;
  #first: Promise<Batch | undefined> | undefined;
  /** Rows received. */
  rows = 0;
  /** Bytes of buffers received. */
  bytes = 0;
  /** Whether the producer ended well and all of its rows came. */
  isComplete = false;

  /**
   * @param isDeep Whether offsets are walked, for producers that are not ours.
   * @param producer The step at fault when what comes is no table.
   */
  constructor(
    port: MessagePort,
    signal: AbortSignal,
    isDeep: boolean,
    producer?: string,
  ) {
    this.#producer = producer;
    this.#receiver = new Receiver(port, signal, FAR_CREDITS);
    this.#source = this.#receiver[Symbol.asyncIterator]();
    this.#isDeep = isDeep;
  }

  /** @inheritdoc */
  async schema(): Promise<Schema> {
    const first = await (this.#first ??= this.#next());
    if (first === undefined) throw this.#blame(noBatch());
    return first.schema;
  }

  /** @inheritdoc */
  async *batches(
    { reuse = false } = {},
  ): AsyncGenerator<Batch, void, void> {
    try {
      let batch = await (this.#first ??= this.#next());
      if (batch === undefined) throw this.#blame(noBatch());
      for (; batch !== undefined; batch = await this.#next()) {
        yield batch;
        if (reuse) freeBatch(batch);
        else this.#garbage.add(batchBytes(batch));
      }
      if (this.#receiver.count !== this.rows) {
        throw new OsirisError(
          "data/count-mismatch",
          `Cannot complete a table: ${this.rows} rows came of ${this.#receiver.count} sent`,
        );
      }
      this.isComplete = true;
    } finally {
      this.cancel();
    }
  }

  /** Whether somebody waits here for the producer's next batch. */
  get isWaiting(): boolean {
    return this.#receiver.isWaiting;
  }

  /** Says that the producer has ended, so that its last message must come. */
  expectEnd(): void {
    this.#receiver.expectEnd();
  }

  /** Tells the producer to stop and lets go of the port. */
  cancel(): void {
    this.#receiver.cancel();
  }

  async #next(): Promise<Batch | undefined> {
    try {
      const { value, done } = await this.#source.next();
      return done ? undefined : this.#take(value);
    } catch (thrown) {
      throw this.#blame(thrown);
    }
  }

  #take(value: unknown): Batch {
    this.#schema ??= checkSchema((value as { schema?: unknown })?.schema);
    const batch = checkBatch(value, this.#schema, this.#isDeep);
    if (this.#isDeep) checkOwned(batch);
    this.rows += batch.length;
    this.bytes += batchBytes(batch);
    return batch;
  }

  /** What is wrong with a table is the fault of whoever gives it. */
  #blame(thrown: unknown): unknown {
    const isItsFault = thrown instanceof OsirisError &&
      thrown.step === undefined && thrown.code.startsWith("driver/");
    if (!isItsFault || this.#producer === undefined) return thrown;
    return new OsirisError(thrown.code, thrown.message, {
      step: this.#producer,
      cause: thrown,
    });
  }
}

/** Gives a batch's memory back at once, which a collection would do much later. */
function freeBatch(batch: Batch): void {
  for (const buffer of batchBuffers(batch)) {
    if (!buffer.detached) buffer.transfer(0);
  }
}

/** Refuses memory that its sender could go on changing after it was checked. */
function checkOwned(batch: Batch): void {
  for (const buffer of batchBuffers(batch) as ArrayBufferLike[]) {
    if (!(buffer instanceof ArrayBuffer) || buffer.resizable) {
      throw new OsirisError(
        "driver/protocol",
        "Cannot take a batch of the driver: its memory is shared or resizable",
      );
    }
  }
}

function noBatch(): OsirisError {
  return new OsirisError(
    "driver/protocol",
    "Cannot read a table: its producer gave no batch, so it has no columns",
    { hint: "Give an empty batch when there are no rows" },
  );
}

/** Most columns a table may have. */
const MAX_COLUMNS = 16_384;

/** Most characters of names and metadata in all: a message may hold a text once and have it in each field. */
const MAX_CHARACTERS = 16 << 20;

/** Checks and rebuilds a schema that came in a message. @throws {OsirisError} `driver/protocol` */
export function checkSchema(value: unknown): Schema {
  const fields = (value as { fields?: unknown } | undefined)?.fields;
  if (!Array.isArray(fields) || fields.length > MAX_COLUMNS) throw badSchema();
  let characters = 0;
  return {
    fields: Array.from(fields, (value) => {
      const field = checkField(value);
      characters += charactersOf(field);
      if (characters > MAX_CHARACTERS) throw badSchema();
      return field;
    }),
  };
}

function checkField(value: unknown): Schema["fields"][number] {
  const { name, type, nullable, metadata } = (value ?? {}) as Record<
    string,
    unknown
  >;
  if (typeof name !== "string" || typeof type !== "object" || type === null) {
    throw badSchema();
  }
  const { precision } = type as { precision?: number };
  if (precision !== undefined && !(precision <= MAX_DECIMAL_PRECISION)) {
    throw badSchema();
  }
  const known = parseType(formatType(type as Parameters<typeof formatType>[0]));
  if (known === undefined) throw badSchema();
  const facts = Object.entries(metadata ?? {}).filter(([, fact]) =>
    typeof fact === "string"
  );
  return {
    name,
    type: known,
    nullable: nullable !== false,
    ...(facts.length > 0 && { metadata: Object.fromEntries(facts) }),
  };
}

function charactersOf(
  { name, metadata = {} }: Schema["fields"][number],
): number {
  return Object.entries(metadata).reduce(
    (sum, [key, fact]) => sum + key.length + fact.length,
    name.length,
  );
}

function badSchema(): OsirisError {
  return new OsirisError(
    "driver/protocol",
    "Cannot read a table: malformed schema",
  );
}
