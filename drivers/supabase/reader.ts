/**
 * Reads a source page by page until the exact count agrees, and says so when
 * it can't: rows that come or go meanwhile, a key that doesn't tell rows apart.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import { type Batch, emptyBatch } from "../../src/table/batch.ts";
import { Decoder } from "./decode.ts";
import { notAnApiError } from "./errors.ts";
import type { Layout } from "./layout.ts";
import type { PageCursor } from "./page_cursor.ts";
import type { PageFetcher, RawPage } from "./page_fetch.ts";
import { NotRows, type PageSpans, scanPage } from "./scan.ts";
import type { Source, Window } from "./source.ts";

/** What a read is made of. */
export interface ReadPlan {
  readonly source: Source;
  readonly fetcher: PageFetcher;
  readonly cursor: PageCursor;
  /** `select` with what paging needs. */
  readonly select: string;
  /** Rows to skip at the start, and to read at most. */
  readonly offset: number;
  readonly limit: number;
  /** Finds those of a page's rows that were not read before, as ranges; null when all count. */
  readonly fresh:
    | ((
      bytes: Uint8Array,
      page: PageSpans,
      layout: Layout,
      from: number,
      to: number,
    ) => Iterable<readonly [from: number, to: number]>)
    | null;
  readonly isSample: boolean;
  /** Whether rows that changed meanwhile end the step. */
  readonly isStrict: boolean;
  readonly lossy: readonly string[];
  readonly host: string;
  /** Makes the layout from the first page; undefined when there is nothing to make it of. */
  layout(first: Uint8Array, isWhole: boolean): Promise<Layout | undefined>;
  /** Called when there was no row. */
  empty(): void;
}

/** Counts again at most so often while rows keep coming. */
const MAX_RECOUNTS = 20;

/** Reads all rows. */
export class Reader {
  readonly #plan: ReadPlan;
  readonly #context: StepContext;
  /** Rows given so far. */
  #read = 0;
  /** Rows there were when the read began; null when they can't be counted. */
  #first: number | null = null;
  /** Rows there were at the last look. */
  #last: number | null = null;
  #pending: Promise<RawPage | undefined> | undefined;

  constructor(plan: ReadPlan, context: StepContext) {
    this.#plan = plan;
    this.#context = context;
  }

  /** The rows as batches, at least one. */
  async *batches(): AsyncGenerator<Batch> {
    const { source, lossy, fresh } = this.#plan;
    const first = await this.#fetch(true);
    const layout = await this.#layout(first);
    if (layout === undefined) {
      this.#plan.empty();
      yield emptyBatch({ fields: [] });
      return;
    }
    const decoder = new Decoder(layout, source.name, lossy);
    let given = 0;
    try {
      for await (
        const { bytes, page, from, to } of this.#pages(first, layout)
      ) {
        const ranges = fresh?.(bytes, page, layout, from, to) ?? [[from, to]];
        for (const [first, end] of ranges) {
          decoder.add(bytes, page, first, end);
        }
        if (!decoder.isFull) continue;
        given++;
        yield decoder.finish();
        this.#context.progress(this.#read);
      }
      if (decoder.length > 0 || given === 0) yield decoder.finish();
    } finally {
      // A page asked for ahead must not outlive the step.
      await this.#pending?.catch(() => {});
    }
    this.#conclude(decoder.lossyValues);
  }

  async #layout(first: RawPage | undefined): Promise<Layout | undefined> {
    this.#first = this.#last = first?.answer.count ?? null;
    const body = first?.answer.body ?? new Uint8Array(0);
    return await this.#reading(() =>
      this.#plan.layout(body, this.#goal() <= (first?.limit ?? 0))
    );
  }

  /** Pages with the rows of each that are new. */
  async *#pages(
    first: RawPage | undefined,
    layout: Layout,
  ): AsyncGenerator<
    { bytes: Uint8Array; page: PageSpans; from: number; to: number }
  > {
    const { cursor, limit } = this.#plan;
    let raw = first;
    for (let recounts = 0; raw !== undefined;) {
      const bytes = raw.answer.body;
      const page = await this.#reading(() =>
        scanPage(bytes, layout.shape, layout.width)
      );
      const from = cursor.advance(bytes, page, layout);
      const to = Math.min(page.rows, from + limit - this.#read);
      this.#read += to - from;
      const isEmpty = to === from;
      if (!isEmpty && this.#read < this.#goal()) this.#ask();
      if (!isEmpty) yield { bytes, page, from, to };
      if (this.#pending === undefined) {
        if (++recounts > MAX_RECOUNTS || !await this.#isMore(isEmpty)) return;
        this.#ask();
      }
      raw = await this.#pending;
      this.#pending = undefined;
    }
  }

  /** Rows to have in the end, as far as is known. */
  #goal(): number {
    const { offset, limit } = this.#plan;
    return Math.min(
      this.#last === null ? Infinity : Math.max(0, this.#last - offset),
      limit,
    );
  }

  /** Counts anew: a page that was the last by the old count need not be. */
  async #isMore(isEmpty: boolean): Promise<boolean> {
    const { limit, isSample, source } = this.#plan;
    if (isSample || this.#read >= limit) return false;
    // What can't be counted ends with a page of no rows.
    if (this.#first === null) return !isEmpty;
    if (!source.isRepeatable) return false;
    const before = this.#last;
    this.#last = await this.#count();
    return this.#read < this.#goal() && !(isEmpty && this.#last === before);
  }

  async #count(): Promise<number | null> {
    const { select } = this.#plan;
    const page = await this.#plan.fetcher.fetch({
      select,
      limit: 0,
      offset: 0,
      order: [],
      after: null,
      isCounted: true,
    });
    return page?.answer.count ?? null;
  }

  #ask(): void {
    this.#checkRepeatable();
    this.#pending = this.#fetch(false);
    // Awaited later: until then a failure must not count as nobody's.
    this.#pending.catch(() => {});
  }

  #checkRepeatable(): void {
    const { source } = this.#plan;
    if (source.isRepeatable) return;
    throw new OsirisError(
      "data/count-mismatch",
      `Cannot ${source.action}: it gives more rows than the API sends at once, and calling it again may change something`,
      {
        hint:
          "Declare the function STABLE, so that it can be asked page by page",
      },
    );
  }

  #fetch(isFirst: boolean): Promise<RawPage | undefined> {
    const { fetcher, cursor, select, offset, limit, isSample } = this.#plan;
    const window: Window = {
      select,
      // What is read twice to see whether rows have shifted comes on top.
      limit: limit - this.#read + cursor.overlap,
      ...cursor.window(offset + this.#read, offset),
      isCounted: isFirst && !isSample,
    };
    return fetcher.fetch(window);
  }

  /** Turns an answer of another form into an error. */
  async #reading<T>(read: () => T | Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (thrown) {
      if (!(thrown instanceof NotRows)) throw thrown;
      const { source, host } = this.#plan;
      throw notAnApiError(
        `the answer holds no rows as expected (${thrown.reason} at byte ${thrown.at})`,
        { action: source.action, where: host },
      );
    }
  }

  /** Says what there is to say about a read that has ended. */
  #conclude(lossyValues: number): void {
    const { source, limit, offset, isSample } = this.#plan;
    const context = this.#context;
    if (lossyValues > 0) context.measure("lossy_values", lossyValues, "values");
    if (this.#read === 0) this.#plan.empty();
    if (isSample) return;
    const [first, last] = [this.#first, this.#last];
    if (first === null || last === null) {
      if (this.#plan.fetcher.isUncountable) {
        context.log(
          "warn",
          `"${source.name}" could not be counted in the server's time: the read ended where no more rows came`,
        );
      }
      return;
    }
    if (this.#read >= limit) {
      const left = last - offset - this.#read;
      if (left > 0) {
        context.log(
          "warn",
          `limit ${limit} leaves out ${left} of the ${last} rows of "${source.name}"`,
        );
      }
      return;
    }
    this.#compare(first, last);
  }

  #compare(first: number, last: number): void {
    const { source, offset, cursor } = this.#plan;
    const expected = Math.max(0, last - offset);
    if (this.#read === expected && first === last) return;
    const facts = { "at_start": first, "at_end": last, read: this.#read };
    if (first === last && this.#read < expected) {
      throw new OsirisError(
        "data/count-mismatch",
        `Cannot ${source.action}: ${this.#read} of ${expected} rows came`,
        { hint: cursor.shortfallHint, details: facts },
      );
    }
    const text =
      `rows of "${source.name}" changed while they were read: ${first} at the start, ${last} at the end, ${this.#read} read`;
    this.#context.emit("rows_changed", { table: source.name, ...facts });
    if (!this.#plan.isStrict) return this.#context.log("warn", text);
    throw new OsirisError(
      "data/count-mismatch",
      `Cannot ${source.action}: ${text}`,
      {
        hint: "Run the step while nobody writes, or set on_change: warn",
        details: facts,
      },
    );
  }
}
