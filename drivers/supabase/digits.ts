/**
 * Watches for digits that get lost in the target. The API does not tell the
 * scale of a numeric or the precision of a timestamp, and the database rounds
 * without a word: until values with as many digits have come back whole, they
 * are asked back.
 *
 * @module
 */
import { OsirisError } from "../../src/error.ts";
import type { JsonCell } from "./json_cell.ts";
import { wantedText } from "./rest_sender.ts";
import { textReader } from "./row_search.ts";
import type { Portion } from "./row_feed.ts";
import type { PlannedColumn, WritePlan } from "./write_plan.ts";

interface Watched {
  readonly column: PlannedColumn;
  readonly cell: JsonCell;
  /** Name in the answer. */
  readonly name: string;
  /** Digits after the point that are known to be kept. */
  proven: number;
}

/** Rows of an answer: texts by name. */
export type TextRows = readonly Readonly<Record<string, string | null>>[];

/** Watches the columns whose digits nothing vouches for. */
export class DigitWatch {
  readonly #plan: WritePlan;
  readonly #watched: Watched[];
  /** Values that were rounded, as the user allows. */
  rounded = 0;

  constructor(plan: WritePlan, cells: readonly JsonCell[]) {
    this.#plan = plan;
    this.#watched = plan.columns.flatMap((column, index) =>
      column.mapping.isUnproven
        ? [{ column, cell: cells[index], name: `c${index}`, proven: 0 }]
        : []
    );
  }

  /** Whether there is anything to prove. */
  get isNeeded(): boolean {
    return this.#watched.length > 0;
  }

  /** Forgets the digits of the portion before. */
  begin(): void {
    for (const { cell } of this.#watched) cell.digits = 0;
  }

  /** What to ask back for the portion that was written last. */
  wanted(): string[] {
    return this.#asked().map(({ column, name }) =>
      wantedText(column.target.name, Number(name.slice(1)))
    );
  }

  /** Gives up: the role may not read what it writes. */
  stop(): void {
    this.#watched.length = 0;
  }

  /**
   * Compares what came back.
   *
   * @param skipped Rows of the portion that were not sent.
   * @throws {OsirisError} `data/lossy` with table, column and row.
   */
  check(
    rows: TextRows,
    portion: Portion,
    skipped: Uint8Array | null,
    certain: number,
  ): void {
    for (const watched of this.#asked()) {
      const row = this.#firstChanged(watched, rows, portion, skipped);
      if (row !== undefined) {
        const { field, target } = watched.column;
        if (!this.#plan.lossy.has(field.name)) {
          throw lossy(this.#plan.target.table, target.name, row, certain);
        }
        this.rounded++;
        watched.proven = Infinity;
      }
      watched.proven = Math.max(watched.proven, watched.cell.digits);
    }
  }

  #asked(): Watched[] {
    return this.#watched.filter(({ cell, proven }) => cell.digits > proven);
  }

  #firstChanged(
    { column, name }: Watched,
    rows: TextRows,
    { slices, first }: Portion,
    skipped: Uint8Array | null,
  ): number | undefined {
    const isNumber = column.target.type.base === "numeric";
    const essence = isNumber ? plainNumber : fraction;
    let number = 0, back = 0;
    for (const { batch, from, to } of slices) {
      const read = textReader(batch.columns[column.index]);
      for (let row = from; row < to; row++, number++) {
        if (skipped?.[number] === 1) continue;
        const sent = read(row), came = rows[back++]?.[name] ?? null;
        const isSame = sent === null
          ? came === null
          : came !== null && essence(sent) === essence(came);
        if (!isSame) return first + number;
      }
    }
    return undefined;
  }
}

/** A number without zeros that say nothing; exponents written out by the engine. */
function plainNumber(text: string): string {
  const plain = /e/i.test(text) ? expanded(text) : text;
  const bare = plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain;
  return bare === "-0" ? "0" : bare;
}

function expanded(text: string): string {
  const [, sign, whole, part = "", exponent] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]?\d+)$/i.exec(text) ?? [];
  if (whole === undefined) return text;
  const digits = whole + part;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, "0");
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}0`;
}

/** Digits of a second, without zeros that say nothing. */
function fraction(text: string): string {
  return (/\.(\d+)/.exec(text)?.[1] ?? "").replace(/0+$/, "");
}

function lossy(
  table: string,
  column: string,
  row: number,
  certain: number,
): OsirisError {
  return new OsirisError(
    "data/lossy",
    `Cannot write to table "${table}": column "${column}", row ${row}: the table rounds the value; ${certain} rows are written, this one among them`,
    {
      hint: `Widen the column's type, or list "${column}" under allow_lossy`,
      details: { table, column, row, "rows_certain": certain },
    },
  );
}
