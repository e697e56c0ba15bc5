/**
 * Collects bad rows into the file that the step's `rejects` names: JSON lines,
 * or CSV when its name ends so.
 *
 * @module
 */
import type { OutputFile, RejectedRow } from "../driver/driver.ts";
import { OsirisError } from "../error.ts";

/** What rejected rows are kept with. */
export interface RejectsOptions {
  readonly step: string;
  /** Null in a dry run: rows are counted only. */
  readonly file: OutputFile | null;
  /** Most rows; null = any number. */
  readonly atMost: number | null;
  /** Accounts for rows that are in the file. */
  account(rows: number): void;
}

/** Characters that are written at once. */
const BLOCK = 1 << 16;

/** The rejected rows of one step. */
export class Rejects {
  readonly #options: RejectsOptions;
  readonly #isCsv: boolean;
  #text = "";
  #pending = 0;
  #rows = 0;

  constructor(options: RejectsOptions) {
    this.#options = options;
    this.#isCsv = /\.csv$/i.test(options.file?.path ?? "");
    if (this.#isCsv) this.#text = "step,line,reason,row\n";
  }

  /** Keeps a row. @throws {OsirisError} `data/rejected` when there are too many; `file/…` */
  async add(row: RejectedRow): Promise<void> {
    const { atMost, step, file } = this.#options;
    if (atMost !== null && this.#rows >= atMost) {
      throw new OsirisError(
        "data/rejected",
        `Cannot go on: "${step}": more than ${atMost} rows were rejected, the last since ${row.reason}`,
        {
          step,
          hint: file
            ? `See "${file.path}", or raise max_rejects`
            : "Raise max_rejects, or mend the rows",
        },
      );
    }
    this.#rows++;
    this.#pending++;
    this.#text += this.#line(row);
    if (this.#text.length >= BLOCK) await this.#flush();
  }

  /** Writes what is left, and waits until all is on disk. */
  async close(): Promise<void> {
    await this.#flush();
    await this.#options.file?.close();
  }

  async #flush(): Promise<void> {
    const bytes = new TextEncoder().encode(this.#text);
    const rows = this.#pending;
    this.#text = "";
    this.#pending = 0;
    if (bytes.length > 0) await this.#options.file?.write(bytes);
    if (rows > 0) this.#options.account(rows);
  }

  #line({ row, reason, line }: RejectedRow): string {
    const { step } = this.#options;
    if (!this.#isCsv) {
      const facts = { step, ...(line !== undefined && { line }), reason, row };
      return JSON.stringify(facts) + "\n";
    }
    const text = typeof row === "string" ? row : JSON.stringify(row);
    return [step, line ?? "", reason, text].map(field).join(",") + "\n";
  }
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The error for a row that nobody collects. */
export function notCollected(step: string, row: RejectedRow): OsirisError {
  const at = row.line === undefined ? "" : `line ${row.line}: `;
  return new OsirisError(
    "data/rejected",
    `Cannot go on: "${step}": ${at}bad row: ${row.reason}`,
    { step, hint: "Mend it, or set rejects: PATH to collect bad rows" },
  );
}
