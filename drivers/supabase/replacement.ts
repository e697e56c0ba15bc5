/**
 * Replace through the API: rows that are there and did not come are removed
 * after all others have been written, so that at no time fewer rows are there
 * than before or after.
 *
 * @module
 */
import type { StepContext } from "../../src/driver/driver.ts";
import { OsirisError } from "../../src/error.ts";
import type { Api, Composed } from "./client.ts";
import { derive } from "./derive_error.ts";
import type { TextRows } from "./digits.ts";
import { type Parameter, quotedName } from "./filter.ts";
import { conditionOf, groupKeys } from "./key_conditions.ts";
import { afterValues, orderOf } from "./ordering.ts";
import { sendSafely } from "./retry.ts";
import { tableSource } from "./source.ts";
import type { WritePlan } from "./write_plan.ts";

/** Rows to ask for at once; the server may give fewer. */
const PAGE_ROWS = 10_000;

/** Knows which rows are to go. */
export class Replacement {
  readonly #api: Api;
  readonly #plan: WritePlan;
  readonly #patience: {
    readonly context: StepContext;
    readonly retries: number;
  };
  /** Keys that were there and have not come yet. */
  readonly #old = new Set<string>();
  readonly #action: string;

  constructor(
    api: Api,
    plan: WritePlan,
    patience: { readonly context: StepContext; readonly retries: number },
  ) {
    this.#api = api;
    this.#plan = plan;
    this.#patience = patience;
    this.#action = `replace table "${plan.target.table}"`;
  }

  /** Reads the keys that are there. Rows that others add from now on stay. */
  async begin(): Promise<void> {
    const { schema, table } = this.#plan.target;
    this.#patience.context.log(
      "info",
      `replacing "${table}" through the API is not atomic: rows are written first, and those that are gone removed after`,
    );
    const source = tableSource(this.#api, schema, table, []);
    const terms = this.#plan.key.map((column) => ({
      column,
      isDescending: false,
    }));
    const select = this.#plan.key.map((name, index) =>
      `k${index}:${quotedName(name)}::text`
    ).join(",");
    let after: readonly [string, string] | null = null;
    while (true) {
      const window = {
        select,
        limit: PAGE_ROWS,
        offset: 0,
        order: orderOf(terms),
        after,
        isCounted: false,
      };
      const answer = await sendSafely(
        this.#api,
        () => source.compose(window),
        { action: this.#action },
        this.#patience,
      );
      const rows: TextRows = JSON.parse(
        new TextDecoder().decode(answer.body),
      );
      if (rows.length === 0) break;
      for (const row of rows) this.#old.add(this.#keyOf(row));
      after = afterValues(terms, this.#values(rows.at(-1)!));
    }
  }

  /** Takes note of rows that were written, as the server shows their keys. */
  note(rows: TextRows): void {
    for (const row of rows) this.#old.delete(this.#keyOf(row));
  }

  /** Removes what did not come. @throws {OsirisError} with how many are gone. */
  async finish(): Promise<void> {
    const { table } = this.#plan.target;
    let gone = 0;
    const keys = this.#old.values().map((text) => JSON.parse(text) as string[]);
    for (const group of groupKeys(this.#plan.key, keys)) {
      try {
        await this.#remove(conditionOf(this.#plan.key, group));
      } catch (thrown) {
        if (!(thrown instanceof OsirisError)) throw thrown;
        throw derive(thrown, {
          addition:
            `; all rows that came are written, ${gone} of the ${this.#old.size} to remove are gone`,
        });
      }
      gone += group.length;
    }
    this.#patience.context.emit("rows_removed", { table, rows: gone });
  }

  async #remove(condition: Parameter): Promise<void> {
    const { schema, table } = this.#plan.target;
    const compose = (): Composed => {
      const builder = this.#api.client.schema(schema).from(table).delete({
        count: "exact",
      });
      const { searchParams } = (builder as unknown as { url: URL }).url;
      searchParams.append(...condition);
      return builder as unknown as Composed;
    };
    // Removing rows that are gone already changes nothing: it may be sent again.
    await sendSafely(
      this.#api,
      compose,
      { action: this.#action, prefer: ["return=minimal"] },
      this.#patience,
    );
  }

  #values(row: TextRows[number]): string[] {
    return this.#plan.key.map((_, index) => row[`k${index}`] ?? "");
  }

  #keyOf(row: TextRows[number]): string {
    return JSON.stringify(this.#values(row));
  }
}
