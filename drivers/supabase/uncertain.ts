/**
 * Finds out whether a portion whose answer was lost is in the table, so that
 * an append never writes it twice.
 *
 * An insert is one statement: all of its rows are there or none. With a key,
 * the first row's key tells whether it is there, and the exact count whether
 * it came from us. Without one only the count can tell, and a count that has
 * not moved does not prove that the rows won't appear yet.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import type { Api } from "./client.ts";
import { type Parameter, quotedName } from "./filter.ts";
import { keyConditions } from "./key_conditions.ts";
import { pause, sendSafely } from "./retry.ts";
import { textReader } from "./row_search.ts";
import { cut, type Portion } from "./row_feed.ts";
import { tableSource } from "./source.ts";
import type { WritePlan } from "./write_plan.ts";

/** What is known of a portion whose answer was lost. */
export type Verdict =
  /** All of its rows are there, and from us. */
  | "written"
  /** None is there, and if they come yet, the key will refuse them a second time. */
  | "absent"
  /** None is there as far as can be seen, but they may come yet. */
  | "unseen"
  /** Something else happens to the table. */
  | "unclear";

/** Looks for portions in the target. */
export class Lookout {
  readonly #api: Api;
  readonly #plan: WritePlan;
  readonly #context: StepContext;
  readonly #retries: number;
  readonly #timeoutMs: number;
  /** Rows before the first of ours; null when they can't be counted. */
  #before: number | null = null;
  #isOld = false;

  constructor(
    api: Api,
    plan: WritePlan,
    options: {
      readonly context: StepContext;
      readonly retries: number;
      readonly timeoutMs: number;
    },
  ) {
    this.#api = api;
    this.#plan = plan;
    this.#context = options.context;
    this.#retries = options.retries;
    this.#timeoutMs = options.timeoutMs;
  }

  /** Rows in the table when the load began, as far as this key sees them. */
  get before(): number | null {
    return this.#before;
  }

  /** Counts the rows that are there before ours. @param ours Rows of ours that are there. */
  async begin(ours: number): Promise<void> {
    const count = await this.count();
    this.#isOld = false;
    this.#before = count === null ? null : count - ours;
  }

  /**
   * Takes over what was counted when the load began, in a run that broke off:
   * so long ago that a count alone proves less than it does for this one.
   */
  takeOver(before: number | null): void {
    this.#isOld = true;
    this.#before = this.#plan.key.length > 0 ? null : before;
  }

  /** Rows in the table; null when the server can't count them in its time, or won't. */
  async count(): Promise<number | null> {
    return await this.#count([], "*").catch((thrown) => {
      this.#context.signal.throwIfAborted();
      this.#context.emit("count_failed", { code: String(thrown?.code) });
      return null;
    });
  }

  /** @param certain Rows of ours that are in the table for sure. */
  async look(portion: Portion, certain: number): Promise<Verdict> {
    return this.#plan.key.length > 0
      ? await this.#lookByKey(portion, certain)
      : await this.#lookByCount(portion, certain);
  }

  async #lookByKey(portion: Portion, certain: number): Promise<Verdict> {
    if (!await this.#isThere(portion)) return "absent";
    const count = await this.count();
    if (count !== null && this.#before !== null) {
      const ours = count - this.#before;
      // There, and not by us: the insert will say so itself.
      if (ours === certain) return "absent";
      if (ours === certain + portion.rows) return "written";
    }
    // Others write as well, or nobody may count. All keys there, and rows as
    // they were sent: whoever wrote them, this is what was to be done.
    return await this.#isAllThere(portion) ? "written" : "unclear";
  }

  async #isAllThere(portion: Portion): Promise<boolean> {
    if (!await this.#areEndsThere(portion)) return false;
    let there = 0;
    for (const condition of keyConditions(portion, this.#plan)) {
      there += await this.#count([condition], this.#keyName()) ?? 0;
    }
    return there === portion.rows;
  }

  /** Whether there are rows like the first and the last one. */
  async #areEndsThere(portion: Portion): Promise<boolean> {
    const hasKey = this.#plan.key.length > 0;
    const select = hasKey ? this.#keyName() : "*";
    for (const row of new Set([0, portion.rows - 1])) {
      const filters = this.#filters(portion, row, this.#comparable());
      const rows = await this.#count(filters, select) ?? 0;
      if (hasKey ? rows !== 1 : rows < 1) return false;
    }
    return true;
  }

  /** Columns whose values a condition can compare exactly: key first. */
  #comparable(): string[] {
    const { key, columns } = this.#plan;
    const others = columns.filter(({ field, target }) =>
      !["json", "binary", "float"].includes(field.type.kind) &&
      !["json", "xml", "point"].includes(target.type.base) &&
      !target.type.isArray && !key.includes(target.name)
    ).map(({ target }) => target.name);
    return [...key, ...others];
  }

  #keyName(): string {
    return quotedName(this.#plan.key[0]);
  }

  async #lookByCount(portion: Portion, certain: number): Promise<Verdict> {
    if (this.#before === null) return "unclear";
    const expected = this.#before + certain;
    const until = performance.now() + this.#timeoutMs;
    for (let waitMs = 50;; waitMs = Math.min(2 * waitMs, 2000)) {
      const count = await this.count();
      if (count === null) return "unclear";
      if (count === expected + portion.rows) {
        const isSure = !this.#isOld || await this.#areEndsThere(portion);
        return isSure ? "written" : "unclear";
      }
      if (count !== expected) return "unclear";
      if (performance.now() >= until) return "unseen";
      await pause(waitMs, this.#context.signal);
    }
  }

  /** Whether a row with the first row's key is there. */
  async #isThere(portion: Portion): Promise<boolean> {
    const filters = this.#filters(portion, 0, this.#plan.key);
    return await this.#count(filters, this.#keyName()) !== 0;
  }

  /** Conditions for a row of the portion with these values; long texts are left out. */
  #filters(
    portion: Portion,
    row: number,
    names: readonly string[],
  ): Parameter[] {
    const { key, columns } = this.#plan;
    const { slices: [{ batch, from }] } = cut(portion, row, row + 1);
    return names.flatMap((name) => {
      const { index } = columns.find(({ target }) => target.name === name)!;
      const text = textReader(batch.columns[index])(from);
      if (text !== null && text.length > 200 && !key.includes(name)) return [];
      return [[quotedName(name), text === null ? "is.null" : `eq.${text}`]];
    });
  }

  async #count(
    filters: readonly Parameter[],
    select: string,
  ): Promise<number | null> {
    const { schema, table } = this.#plan.target;
    const source = tableSource(this.#api, schema, table, filters);
    const compose = () =>
      source.compose({
        select,
        limit: 0,
        offset: 0,
        order: [],
        after: null,
        isCounted: true,
      });
    const sending = { action: `count table "${table}"` };
    const patience = { context: this.#context, retries: this.#retries };
    const answer = await sendSafely(this.#api, compose, sending, patience);
    return answer.count;
  }
}
