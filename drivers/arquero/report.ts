/**
 * What a transform says about its rows when it is done.
 *
 * @module
 */
import type { RowReason, StepContext } from "../../src/driver/driver.ts";
import { SourceColumn } from "./column.ts";
import type { LazyTable } from "./table.ts";

/** Adds up over the parts of a run. */
export class Report {
  readonly #dropped = new Map<RowReason, number>();
  readonly #tables: ReadonlyMap<string, LazyTable>[] = [];
  readonly #lossy = new Map<string, number>();

  /** Takes in a part; its tables are asked again at the end, since values are decoded late. */
  add(
    tables: ReadonlyMap<string, LazyTable>,
    dropped: ReadonlyMap<RowReason, number> | null,
  ): void {
    this.#settle();
    this.#tables.push(tables);
    for (const [reason, rows] of dropped ?? []) {
      this.#dropped.set(reason, (this.#dropped.get(reason) ?? 0) + rows);
    }
  }

  /** Says it all. */
  give(context: StepContext): void {
    this.#settle();
    for (const [reason, rows] of this.#dropped) {
      if (rows > 0) context.account(reason, rows);
    }
    for (const [column, rows] of this.#lossy) {
      context.emit("lossy_conversion", { column, rows });
    }
  }

  /** Counts what the last part changed, and lets go of it. */
  #settle(): void {
    for (
      const table of this.#tables.splice(0).flatMap((t) => [...t.values()])
    ) {
      for (const name of table.columnNames() as string[]) {
        const column = table.lazy(name);
        const rows = column instanceof SourceColumn
          ? column.decoding.lossyRows
          : 0;
        if (rows > 0) {
          this.#lossy.set(
            name,
            (this.#lossy.get(name) ?? 0) + rows,
          );
        }
      }
    }
  }
}
