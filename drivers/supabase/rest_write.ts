/**
 * Loads rows through the API.
 *
 * @module
 */
import type { StepContext, StepReport } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { BatchSize } from "./batch_size.ts";
import type { Answer, Api } from "./client.ts";
import { DigitWatch, type TextRows } from "./digits.ts";
import { JsonCell } from "./json_cell.ts";
import { Replacement } from "./replacement.ts";
import { type Part, tellOfPart } from "./part.ts";
import { type Package, RestSender, wantedText } from "./rest_sender.ts";
import { RestNotes } from "./rest_notes.ts";
import { JSON_FRAME, RowEncoder } from "./row_encoder.ts";
import { cut, type Portion, type RowFeed } from "./row_feed.ts";
import { overwrittenRows } from "./row_keys.ts";
import { Lookout } from "./uncertain.ts";
import { waitsOf } from "./waits.ts";
import type { WritePlan } from "./write_plan.ts";
import type { WriterConfig } from "./writer_config.ts";

/** Bytes after which a request is closed: gateways refuse much larger ones. */
const MAX_BODY_BYTES = 4 << 20;

/** What a load through the API works with. */
export interface RestWrite {
  readonly api: Api;
  readonly plan: WritePlan;
  readonly config: WriterConfig;
  readonly feed: RowFeed;
  readonly context: StepContext;
}

/**
 * Writes all rows. No transaction spans requests: what was written before a
 * failure stays, and the error, a warning and the event `partial_write` say
 * how many rows that is.
 */
export async function writeRest(write: RestWrite): Promise<StepReport> {
  const writer = new RestWriter(write);
  try {
    return await writer.run();
  } catch (thrown) {
    throw tellOfPart(thrown, writer.part, write);
  }
}

class RestWriter {
  readonly #write: RestWrite;
  readonly #size: BatchSize;
  readonly #cells: readonly JsonCell[];
  readonly #encoder: RowEncoder;
  readonly #digits: DigitWatch;
  readonly #lookout: Lookout;
  readonly #sender: RestSender;
  readonly #replacement: Replacement | undefined;
  /** Whether rows are asked back only to be counted. */
  #isEchoed: boolean;
  /** What the run knows of an append; null for what may be done twice. */
  readonly #notes: RestNotes | null;
  #bytes = 0;
  #doubles = 0;

  constructor(write: RestWrite) {
    const { api, plan, config, context } = write;
    this.#write = write;
    this.#size = new BatchSize(config.batch_size);
    this.#cells = plan.columns.map(({ field, mapping, target }) =>
      new JsonCell(field, mapping, plan.lossy.has(field.name), target.name)
    );
    this.#encoder = new RowEncoder(
      this.#cells,
      plan.columns.map(({ index }) => index),
      JSON_FRAME,
      plan.target.table,
    );
    this.#digits = new DigitWatch(plan, this.#cells);
    const { retries } = config;
    const { idleMs: timeoutMs } = waitsOf(config.timeout, context.deadlines);
    this.#lookout = new Lookout(api, plan, { context, retries, timeoutMs });
    this.#sender = new RestSender({
      api,
      plan,
      lookout: this.#lookout,
      size: this.#size,
      context,
      retries,
      timeoutMs,
      mayResend: config.on_uncertain === "resend",
    });
    this.#replacement = plan.mode === "replace"
      ? new Replacement(api, plan, { context, retries })
      : undefined;
    this.#notes = plan.mode === "append" ? new RestNotes(context) : null;
    this.#isEchoed = config.returning === "representation";
  }

  /** What is written so far. */
  get part(): Part {
    const { certain, pending } = this.#sender;
    return { certain, pending };
  }

  async run(): Promise<StepReport> {
    const { context } = this.#write;
    if (this.#notes !== null) await this.#goOn(this.#notes);
    await this.#replacement?.begin();
    let isFirst = true;
    while (true) {
      // Where digits might get lost, one row shows it before many have gone.
      const rows = isFirst && this.#digits.isNeeded ? 1 : this.#size.rows;
      const portion = await this.#write.feed.take(rows);
      if (portion === undefined) break;
      if (await this.#deliver(portion)) isFirst = false;
      context.progress(this.#sender.certain);
    }
    await this.#replacement?.finish();
    await this.#conclude();
    await this.#notes?.finish();
    return {
      rowsWritten: this.#sender.certain,
      rowsBefore: this.#sender.rowsBefore,
      bytesWritten: this.#bytes,
    };
  }

  /** Leaves out the rows that are there, and finds out about those that may be. */
  async #goOn(notes: RestNotes): Promise<void> {
    const { feed, context: { committed } } = this.#write;
    if (committed !== null) {
      const { rows, announced } = committed;
      await feed.skip(rows);
      this.#sender.goOnAfter(rows);
      this.#lookout.takeOver(notes.before);
      const portion = await feed.take((announced ?? rows) - rows);
      if (portion !== undefined) await this.#deliver(portion, true);
    }
    await this.#lookout.begin(this.#sender.certain);
    notes.before = this.#lookout.before;
  }

  /**
   * @param wasSent Whether a run that broke off may have sent it.
   * @returns false when nothing went, and less is to be tried.
   */
  async #deliver(portion: Portion, wasSent = false): Promise<boolean> {
    const { plan, feed } = this.#write;
    const skipped = plan.mode === "append"
      ? null
      : overwrittenRows(portion, plan);
    this.#digits.begin();
    const { bytes, rows } = this.#encoder.encode(
      portion,
      MAX_BODY_BYTES,
      skipped,
    );
    if (rows < portion.rows) feed.giveBack(portion, rows);
    const sent = rows < portion.rows ? cut(portion, 0, rows) : portion;
    const left = count(skipped, rows);
    const pack: Package = {
      portion: sent,
      body: bytes,
      rows: rows - left,
      wanted: this.#wanted(),
    };
    await this.#notes?.announce(this.#sender.certain + pack.rows);
    const delivery = await this.#sender.send(pack, wasSent);
    if (delivery.kind === "unreadable") {
      this.#stopReading();
      feed.giveBack(sent, 0);
      return false;
    }
    if (delivery.kind === "too-much") {
      if (!this.#size.shrink(sent.rows)) throw delivery.error;
      feed.giveBack(sent, 0);
      return false;
    }
    this.#size.grow();
    this.#bytes += bytes.length;
    this.#doubles += left;
    plan.sent.rows += rows;
    try {
      this.#inspect(delivery.answer, pack, skipped);
    } catch (thrown) {
      await this.#notes?.disown();
      throw thrown;
    }
    await this.#notes?.settle(this.#sender.certain);
    return true;
  }

  #wanted(): string[] {
    const { plan } = this.#write;
    const names = this.#replacement || this.#isEchoed
      ? plan.key.map((name, index) => `k${wantedText(name, index).slice(1)}`)
      : [];
    const echo = this.#isEchoed && names.length === 0
      ? [wantedText(plan.columns[0].target.name, 0)]
      : names;
    return [...new Set([...echo, ...this.#digits.wanted()])];
  }

  #inspect(
    answer: Answer | null,
    { portion, rows, wanted }: Package,
    skipped: Uint8Array | null,
  ): void {
    if (answer === null || wanted.length === 0) return;
    const back: TextRows = JSON.parse(new TextDecoder().decode(answer.body));
    if (back.length !== rows) {
      throw new OsirisError(
        "data/count-mismatch",
        `Cannot write to table "${this.#write.plan.target.table}": ${rows} rows were sent, ${back.length} came back`,
        { hint: "Look for triggers and policies on the table" },
      );
    }
    this.#replacement?.note(back);
    this.#digits.check(back, portion, skipped, this.#sender.certain);
  }

  /** @throws {OsirisError} `http/denied` where the rows have to be seen. */
  #stopReading(): void {
    const { plan, context } = this.#write;
    if (this.#replacement !== undefined) {
      throw new OsirisError(
        "http/denied",
        `Cannot replace table "${plan.target.table}": the role of the key may not read it`,
        { hint: "Use the service key, or grant the role SELECT" },
      );
    }
    this.#isEchoed = false;
    this.#digits.stop();
    context.log(
      "warn",
      `the role of the key may not read "${plan.target.table}": whether the table rounds values can't be seen`,
    );
  }

  async #conclude(): Promise<void> {
    const { plan, context } = this.#write;
    const { table } = plan.target;
    const rounded = this.#digits.rounded +
      this.#cells.reduce((sum, cell) => sum + cell.rounded, 0);
    if (rounded > 0) context.measure("lossy_values", rounded, "values");
    if (this.#doubles > 0) {
      context.account("deduplicated", this.#doubles);
      context.log(
        "warn",
        `${this.#doubles} rows have the key of a later one, which was written in their place`,
      );
    }
    const facts = { table, rows: this.#sender.certain, mode: plan.mode };
    context.emit("write_complete", { ...facts, channel: "rest" });
    const { before } = this.#lookout;
    if (plan.mode !== "append" || before === null) return;
    const there = await this.#lookout.count();
    if (there === null || there - before === this.#sender.certain) return;
    context.log(
      "warn",
      `"${table}" has ${
        there - before
      } rows more than before, ${this.#sender.certain} of them ours: others write to it, or a policy hides rows`,
    );
  }
}

function count(marks: Uint8Array | null, rows: number): number {
  let marked = 0;
  for (let row = 0; marks !== null && row < rows; row++) marked += marks[row];
  return marked;
}
