/**
 * Sends portions of rows through the API, each until its fate is certain.
 *
 * What may be sent again is decided here: after an answer that undoes the
 * request, yes; after a lost answer an upsert, which changes nothing the
 * second time; an append only once it is certain that nothing was written.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import type { BatchSize } from "./batch_size.ts";
import type { Answer, Api, Composed, Outcome } from "./client.ts";
import { refusalError } from "./errors.ts";
import { quotedName } from "./filter.ts";
import { isCertainlyUndone, isPassing, type Refusal } from "./refusal.ts";
import { Attempts, isWorthRetrying } from "./retry.ts";
import { findRow } from "./row_search.ts";
import type { Portion } from "./row_feed.ts";
import type { Lookout } from "./uncertain.ts";
import type { WritePlan } from "./write_plan.ts";

/** A portion as text. */
export interface Package {
  readonly portion: Portion;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Rows in the body: rows of the portion, less those left out. */
  readonly rows: number;
  /** Columns wanted back, as `name:column::type`; empty for none. */
  readonly wanted: readonly string[];
}

/** How a package ended. */
export type Delivery =
  | { readonly kind: "written"; readonly answer: Answer | null }
  /** Nothing was written: fewer rows are to be sent at once. */
  | { readonly kind: "too-much"; readonly error: OsirisError }
  /** Nothing was written: the role may not see what it writes. */
  | { readonly kind: "unreadable" };

/** What a sender works with. */
export interface SenderOptions {
  readonly api: Api;
  readonly plan: WritePlan;
  readonly lookout: Lookout;
  readonly size: BatchSize;
  readonly context: StepContext;
  readonly retries: number;
  readonly timeoutMs: number;
  /** Whether what can't be proven is sent again after a long look. */
  readonly mayResend: boolean;
}

/** Sends packages, one after another. */
export class RestSender {
  readonly #options: SenderOptions;
  readonly #action: string;
  /** Rows that are in the table for sure. */
  certain = 0;
  /** Those of them that a run that broke off has written. */
  rowsBefore = 0;
  /** The portion that is on its way, or whose fate is not known. */
  pending: Portion | null = null;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#action = `write to table "${options.plan.target.table}"`;
  }

  /** Takes over rows that a run that broke off has written. */
  goOnAfter(rows: number): void {
    this.certain = this.rowsBefore = rows;
  }

  /**
   * Sends a package.
   *
   * @param wasSent Whether a run that broke off may have sent it: it is looked for first.
   * @throws {OsirisError} when it is refused, or its fate uncertain.
   */
  async send(pack: Package, wasSent = false): Promise<Delivery> {
    if (wasSent) {
      this.pending = pack.portion;
      if (await this.#isWritten(pack, brokenOff(this.#action))) {
        this.rowsBefore += pack.rows;
        return this.#found(pack);
      }
    }
    const { api, context, retries } = this.#options;
    const attempts = new Attempts({ context, retries });
    const sending = {
      action: this.#action,
      body: pack.body,
      prefer: [
        `return=${pack.wanted.length > 0 ? "representation" : "minimal"}`,
      ],
    };
    for (let wasLost = wasSent;;) {
      this.pending = pack.portion;
      const outcome = await api.send(this.#compose(pack), sending);
      if (outcome.kind === "done") {
        this.#checkCount(pack, outcome.answer);
        this.pending = null;
        this.certain += pack.rows;
        return { kind: "written", answer: outcome.answer };
      }
      const error = this.#error(pack, outcome);
      const undone = outcome.kind === "refused"
        ? isCertainlyUndone(outcome.refusal)
        : !outcome.isSent;
      if (undone && !(wasLost && isDuplicate(outcome))) {
        if (!wasLost) this.pending = null;
        const delivery = this.#otherWay(pack, outcome, error);
        if (delivery !== undefined) return delivery;
        if (!isWorthwhile(outcome, error)) throw error;
      } else {
        if (await this.#isWritten(pack, error)) return this.#found(pack);
        if (wasLost && isDuplicate(outcome)) throw error;
        wasLost = true;
        if (isTimeout(error)) {
          this.#options.size.shrink(pack.portion.rows);
          // An upsert can go in other pieces; an append must stay the one that is looked for.
          const isFree = this.#options.plan.mode !== "append";
          if (isFree && pack.portion.rows > 1) {
            return { kind: "too-much", error };
          }
        }
      }
      const wait = outcome.kind === "refused"
        ? outcome.refusal.retryAfterMs
        : null;
      const why = { what: this.#action, code: error.code };
      if (!await attempts.another(why, wait)) throw error;
    }
  }

  #found({ rows }: Package): Delivery {
    this.pending = null;
    this.certain += rows;
    return { kind: "written", answer: null };
  }

  #compose({ wanted }: Package): Composed {
    const { api, plan } = this.#options;
    const { schema, table } = plan.target;
    const from = api.client.schema(schema).from(table);
    // Only its names count: they become the parameter `columns`; the body is ours.
    const names = Object.fromEntries(
      plan.columns.map(({ target }) => [target.name, null]),
    );
    const builder = plan.mode === "append"
      ? from.insert([names], { count: "exact" })
      : from.upsert([names], {
        count: "exact",
        onConflict: plan.key.join(","),
      });
    if (wanted.length > 0) {
      (builder as unknown as { url: URL }).url.searchParams.set(
        "select",
        wanted.join(","),
      );
    }
    return builder as unknown as Composed;
  }

  /** Ways on that are not the same request again. */
  #otherWay(
    pack: Package,
    outcome: Exclude<Outcome, { kind: "done" }>,
    error: OsirisError,
  ): Delivery | undefined {
    if (outcome.kind !== "refused") return undefined;
    const { code, status } = outcome.refusal;
    if (code === "57014" || status === 413) {
      return pack.portion.rows > 1 ? { kind: "too-much", error } : undefined;
    }
    const isDenied = code === "42501" && pack.wanted.length > 0;
    return isDenied ? { kind: "unreadable" } : undefined;
  }

  /**
   * Whether a package whose answer was lost is in the table.
   *
   * @throws {OsirisError} `data/uncertain` when nothing proves it.
   */
  async #isWritten(pack: Package, error: OsirisError): Promise<boolean> {
    const { plan, lookout, context, mayResend } = this.#options;
    if (plan.mode !== "append") return false;
    const verdict = await lookout.look(pack.portion, this.certain);
    context.emit("lost_answer", {
      table: plan.target.table,
      rows: pack.rows,
      verdict,
      code: error.code,
    });
    if (verdict === "written") return true;
    if (verdict === "absent") return false;
    if (verdict === "unseen" && mayResend) return false;
    throw this.#uncertain(pack, error, verdict);
  }

  #uncertain(
    { portion, rows }: Package,
    cause: OsirisError,
    verdict: string,
  ): OsirisError {
    const { table } = this.#options.plan.target;
    const last = portion.first + portion.rows - 1;
    const state = verdict === "unseen"
      ? "they are not there now, but nothing proves that they won't appear"
      : "other changes of the table hide whether they are there";
    return new OsirisError(
      "data/uncertain",
      `Cannot ${this.#action}: the answer for rows ${portion.first} to ${last} was lost, and ${state}; ${this.certain} rows before them are written`,
      {
        cause,
        hint:
          `Look for these rows in "${table}" before running the step again; a primary_key makes such checks possible, upsert makes them needless`,
        details: {
          table,
          "rows_certain": this.certain,
          "rows_uncertain": rows,
          "first_row": portion.first,
          "last_row": last,
        },
      },
    );
  }

  #checkCount({ rows, portion }: Package, { count }: Answer): void {
    if (count === null || count === rows) return;
    const { table } = this.#options.plan.target;
    throw new OsirisError(
      "data/count-mismatch",
      `Cannot ${this.#action}: ${count} of ${rows} rows from row ${portion.first} on were written`,
      {
        hint: "Look for triggers and rules on the table that drop rows",
        details: { table, "rows_certain": this.certain + count },
      },
    );
  }

  /** What a failure leaves behind, for its message. */
  #state(): string {
    return this.certain === 0
      ? ""
      : `; ${this.certain} rows before are written`;
  }

  /** The error of an outcome, with the row at fault and what is written for sure. */
  #error(
    { portion }: Package,
    outcome: Exclude<Outcome, { kind: "done" }>,
  ): OsirisError {
    const { api, plan } = this.#options;
    const { table } = plan.target;
    if (outcome.kind === "lost") {
      const { code, message, hint, cause } = outcome.error;
      return new OsirisError(code, `${message}${this.#state()}`, {
        hint,
        cause,
        details: { table, "rows_certain": this.certain },
      });
    }
    const { refusal } = outcome;
    const attempt = { action: this.#action, where: api.project.host };
    const found = findRow(refusal, portion, plan);
    const last = portion.first + portion.rows - 1;
    const isAboutRows = /^2[23]/.test(refusal.code);
    const row = found === undefined
      ? isAboutRows ? `a row from ${portion.first} to ${last}` : undefined
      : `row ${found.row}`;
    const where = found?.column === undefined
      ? row
      : `column "${found.column}", ${row}`;
    return refusalError(refusal, attempt, {
      ...(where !== undefined && { where }),
      after: this.#state(),
      details: {
        table,
        "rows_certain": this.certain,
        ...(found && { row: found.row }),
        ...(found?.column !== undefined && { column: found.column }),
      },
    });
  }
}

/** Why the answer of a run before this one is not known. */
function brokenOff(action: string): OsirisError {
  return new OsirisError(
    "connection/lost",
    `Cannot ${action}: the run that sent the rows broke off before it heard the answer`,
  );
}

/** `name:column::text`, to have a column back as its own text. */
export function wantedText(column: string, index: number): string {
  return `c${index}:${quotedName(column)}::text`;
}

function isDuplicate(outcome: Outcome): boolean {
  return outcome.kind === "refused" && outcome.refusal.code === "23505";
}

function isWorthwhile(
  outcome: Exclude<Outcome, { kind: "done" }>,
  error: OsirisError,
): boolean {
  return outcome.kind === "lost"
    ? isWorthRetrying(error)
    : isPassing(outcome.refusal as Refusal);
}

/** Whether a smaller package could make it in time. */
function isTimeout({ code }: OsirisError): boolean {
  return code === "connection/timeout" || code === "sql/statement-timeout";
}
